using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Modular.Contacts.Importing;

/// <summary>What providers and spreadsheets call their columns, in several languages.</summary>
internal static class HeaderWords
{
    private static readonly FrozenDictionary<string, string> Meanings = new (string Meaning, string[] Words)[]
    {
        ("email", ["email", "emailaddress", "emailadress", "emailadresse", "mail", "mailaddress", "mailadresse", "adresseemail", "adressemail", "courriel", "correo",
            "correoelectronico", "emailaddressprimary", "primaryemail", "email1", "email1value", "email1address", "subscriberemail", "useremail", "contactemail", "epost", "epostadresse", "indirizzoemail", "emailcim"]),
        ("first_name", ["firstname", "fname", "givenname", "forename", "vorname", "prenom", "nombre", "nome", "primeironome", "keresztnev", "voornaam", "fornavn", "etunimi"]),
        ("last_name", ["lastname", "lname", "surname", "familyname", "nachname", "familienname", "nom", "nomdefamille", "apellido", "apellidos", "cognome", "sobrenome", "vezeteknev", "achternaam", "etternavn", "efternavn", "sukunimi"]),
        ("unsubscribed", ["unsubscribed", "isunsubscribed", "optedout", "optout", "hasoptedout", "hasoptedoutofemail", "emailoptout", "emailblacklisted", "blacklisted", "donotemail", "donotmail", "abgemeldet", "desabonne"]),
        ("unsubscribed_at", ["unsubscribedat", "unsubtime", "unsubscribetime", "unsubscribedate", "unsubscribedon", "optouttime", "optoutdate", "optedoutat"]),
    }.SelectMany(m => m.Words.Select(w => KeyValuePair.Create(w, m.Meaning))).ToFrozenDictionary();

    /// <summary><c>email</c>, a built-in field, <c>unsubscribed</c>, <c>unsubscribed_at</c>; null when the header is none of their names.</summary>
    public static string? Meaning(string header) => Meanings.GetValueOrDefault(Plain(header));

    /// <summary>Letters and digits alone, in lower case and without accents: <c>E-Mail Adresse</c> and <c>email_adresse</c> are one.</summary>
    public static string Plain(string text) => string.Concat(text.Normalize(NormalizationForm.FormD)
        .Where(c => CharUnicodeInfo.GetUnicodeCategory(c) is not UnicodeCategory.NonSpacingMark && char.IsLetterOrDigit(c))).ToLowerInvariant();
}
