using System.Buffers;
using System.Globalization;
using System.Text;

namespace Modular.Kernel.Values;

/// <summary>
/// An address as mail uses it: <see cref="Text"/> is what was typed, <see cref="Key"/> the form two addresses are compared in, <see cref="Domain"/>
/// what DNS is asked for. Quoted local parts, comments and address literals are refused: no mailbox that signs up for mail has one, and each is a
/// way to smuggle something (RFC 5321 §4.1.2 allows them).
/// </summary>
public sealed record EmailAddress
{
    /// <summary>Octets of the local part, at most (RFC 5321 §4.5.3.1.1).</summary>
    public const int MaxLocalPartBytes = 64;

    /// <summary>Octets of the whole address, at most (RFC 5321 §4.5.3.1.3, less the angle brackets).</summary>
    public const int MaxBytes = 254;

    private static readonly SearchValues<char> AtomText = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~.");
    private static readonly SearchValues<char> HostName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    private EmailAddress(string text, string localPart, string domain)
    {
        Text = text;
        LocalPart = localPart;
        Domain = domain;
        Key = localPart.ToLowerInvariant() + "@" + domain;
    }

    /// <summary>As it was typed, without surrounding blanks, in Unicode normal form C.</summary>
    public string Text { get; }

    /// <summary>Left of the at sign, as typed.</summary>
    public string LocalPart { get; }

    /// <summary>Right of the at sign: lower case, A-labels (RFC 5890 §2.3.2.1).</summary>
    public string Domain { get; }

    /// <summary>The comparison form: lower-case local part, A-label domain.</summary>
    public string Key { get; }

    /// <summary>Whether the local part needs SMTPUTF8 (RFC 6531 §3.2).</summary>
    public bool NeedsSmtpUtf8 => !Ascii.IsValid(LocalPart);

    public bool Equals(EmailAddress? other) => other is not null && Key == other.Key;

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The address as the envelope carries it: local part as typed, A-label domain.</summary>
    public override string ToString() => LocalPart + "@" + Domain;

    public static EmailAddress Parse(string text) =>
        TryParse(text, out var address, out var reason) ? address : throw new FormatException(reason);

    /// <param name="reason">What is wrong, for the person who typed it; empty when nothing is.</param>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EmailAddress? address, out string reason)
    {
        address = null;
        reason = "";
        var typed = text?.Trim() ?? "";
        if (typed.Length == 0) return Refuse(out reason, "The address is empty.");
        if (typed.Length > MaxBytes || Encoding.UTF8.GetByteCount(typed) > MaxBytes) return Refuse(out reason, $"The address is longer than {MaxBytes} bytes.");
        if (!IsWellFormed(typed)) return Refuse(out reason, "The address holds half a character: it was cut or read in the wrong encoding.");
        foreach (var rune in typed.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune)) return Refuse(out reason, "The address holds a blank or a control character.");
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format) return Refuse(out reason, $"The address holds an invisible character (U+{rune.Value:X4}).");
        }
        typed = typed.Normalize(NormalizationForm.FormC);
        var at = typed.LastIndexOf('@');
        if (at < 0) return Refuse(out reason, "The address has no @.");
        var local = typed[..at];
        if (LocalPartFault(local) is { } fault) return Refuse(out reason, fault);
        if (!TryDomain(typed[(at + 1)..], out var domain)) return Refuse(out reason, "The part after the @ is no domain name.");
        if (Encoding.UTF8.GetByteCount(local) + 1 + domain.Length > MaxBytes) return Refuse(out reason, $"The address is longer than {MaxBytes} bytes.");
        address = new EmailAddress(typed, local, domain);
        return true;
    }

    private static string? LocalPartFault(string local)
    {
        if (local.Length == 0) return "Nothing stands before the @.";
        if (Encoding.UTF8.GetByteCount(local) > MaxLocalPartBytes) return $"The part before the @ is longer than {MaxLocalPartBytes} bytes.";
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal)) return "A dot stands first, last or twice before the @.";
        foreach (var c in local)
        {
            if (c < 128 && !AtomText.Contains(c)) return $"'{c}' may not stand before the @.";
        }
        return null;
    }

    private static bool TryDomain(string typed, out string domain)
    {
        domain = "";
        if (typed.Length == 0 || typed[0] == '.' || typed[^1] == '.') return false;
        try
        {
            domain = Idn.GetAscii(typed).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return false;
        }
        if (domain.Length > 253 || !domain.Contains('.', StringComparison.Ordinal) || domain.AsSpan().ContainsAnyExcept(HostName)) return false;
        var top = domain[(domain.LastIndexOf('.') + 1)..];
        return !top.All(char.IsAsciiDigit);
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return false;
        }
        return true;
    }

    private static bool Refuse(out string reason, string why)
    {
        reason = why;
        return false;
    }
}
