namespace Modular.Contacts.Segments;

/// <summary>
/// The form in which texts are compared: the letters A to Z in lower case, all else as it is. It is what <c>lower(… collate "C")</c> does, so that PostgreSQL
/// and we agree on every text, whatever the database's language.
/// </summary>
internal static class TextFold
{
    public static string Fold(string text)
    {
        foreach (var c in text)
        {
            if (char.IsAsciiLetterUpper(c)) return string.Create(text.Length, text, static (folded, original) =>
            {
                for (var i = 0; i < folded.Length; i++) folded[i] = char.IsAsciiLetterUpper(original[i]) ? (char)(original[i] | 32) : original[i];
            });
        }
        return text;
    }
}
