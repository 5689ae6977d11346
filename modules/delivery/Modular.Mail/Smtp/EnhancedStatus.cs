using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Modular.Mail.Smtp;

/// <summary>A mail system's verdict as three numbers, such as 5.1.1 (RFC 3463 §2). The default value, 0.0.0, is no status.</summary>
/// <param name="Class">2 success, 4 persistent transient failure, 5 permanent failure.</param>
/// <param name="Subject">What the verdict is about, 0 to 999: 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy.</param>
/// <param name="Detail">0 to 999; its meaning depends on the subject.</param>
public readonly record struct EnhancedStatus(int Class, int Subject, int Detail) : ISpanParsable<EnhancedStatus>
{
    public bool IsSuccess => Class is 2;

    public bool IsTransient => Class is 4;

    public bool IsPermanent => Class is 5;

    /// <exception cref="FormatException">The text is not exactly one status.</exception>
    public static EnhancedStatus Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var status) ? status : throw new FormatException($"'{text}' is not an enhanced status such as 5.1.1.");

    /// <summary>True when the whole text is one status; blanks around it, leading zeros and other classes than 2, 4 and 5 are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EnhancedStatus status)
    {
        if (TryReadPrefix(text, out status, out var length) && length == text.Length)
            return true;
        status = default;
        return false;
    }

    /// <summary>
    /// Reads the status that begins the text, as it begins the text of a reply (RFC 2034 §4) or a Status field with a comment behind it
    /// (RFC 3464 §2.3.4). The character after it, if any, is neither digit, dot nor letter.
    /// </summary>
    public static bool TryReadPrefix(ReadOnlySpan<char> text, out EnhancedStatus status, out int length)
    {
        status = default;
        length = 0;
        var at = 0;
        if (!TryReadNumber(text, ref at, out var statusClass) || statusClass is not (2 or 4 or 5)
            || !TryReadDot(text, ref at) || !TryReadNumber(text, ref at, out var subject)
            || !TryReadDot(text, ref at) || !TryReadNumber(text, ref at, out var detail))
            return false;
        if (at < text.Length && (text[at] is '.' || char.IsAsciiLetterOrDigit(text[at])))
            return false;

        status = new EnhancedStatus(statusClass, subject, detail);
        length = at;
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");

    static EnhancedStatus IParsable<EnhancedStatus>.Parse(string text, IFormatProvider? provider) => Parse(text);

    static bool IParsable<EnhancedStatus>.TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out EnhancedStatus status) =>
        TryParse(text, out status);

    static EnhancedStatus ISpanParsable<EnhancedStatus>.Parse(ReadOnlySpan<char> text, IFormatProvider? provider) => Parse(text);

    static bool ISpanParsable<EnhancedStatus>.TryParse(ReadOnlySpan<char> text, IFormatProvider? provider, out EnhancedStatus status) =>
        TryParse(text, out status);

    private static bool TryReadDot(ReadOnlySpan<char> text, ref int at)
    {
        if (at >= text.Length || text[at] is not '.')
            return false;
        at++;
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<char> text, ref int at, out int number)
    {
        const int MostDigits = 3;
        var start = at;
        number = 0;
        while (at < text.Length && at - start < MostDigits && char.IsAsciiDigit(text[at]))
            number = number * 10 + (text[at++] - '0');
        var digits = at - start;
        return digits > 0 && (digits is 1 || text[start] is not '0');
    }
}
