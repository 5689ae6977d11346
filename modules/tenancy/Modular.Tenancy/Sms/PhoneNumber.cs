using System.Diagnostics.CodeAnalysis;

namespace Modular.Tenancy.Sms;

/// <summary>A number as E.164 has it: a plus, a country, at most 15 digits.</summary>
internal sealed record PhoneNumber
{
    private PhoneNumber(string text) => Text = text;

    public string Text { get; }

    /// <summary>Enough to recognise one's own, and no more.</summary>
    public string Masked => "…" + Text[^3..];

    /// <summary>Takes it as people write it: with blanks, dots, hyphens, brackets, and 00 in the place of the plus.</summary>
    public static bool TryParse(string? typed, [NotNullWhen(true)] out PhoneNumber? number)
    {
        number = null;
        if (typed is null or { Length: > 40 }) return false;
        var text = new string([.. typed.Where(c => c is not (' ' or '.' or '-' or '(' or ')' or '/'))]);
        if (text.StartsWith("00", StringComparison.Ordinal)) text = "+" + text[2..];
        if (text.Length is < 9 or > 16 || text[0] != '+' || text[1] is < '1' or > '9' || text.AsSpan(1).ContainsAnyExceptInRange('0', '9')) return false;
        number = new PhoneNumber(text);
        return true;
    }
}
