using System.Buffers;
using System.Text;

namespace Modular.Mail.Smtp;

/// <summary>What stands between the angle brackets of MAIL FROM and RCPT TO, in the client's spelling (RFC 5321 §4.1.2).</summary>
/// <param name="LocalPart">Quotes and escapes included; empty for the null sender.</param>
/// <param name="Domain">A domain or an address literal in brackets; empty for the null sender and for a bare postmaster.</param>
public sealed record SmtpPath(string LocalPart, string Domain)
{
    private const int MaxPathBytes = 256, MaxLocalPartBytes = 64, MaxDomainBytes = 255, MaxLabelBytes = 63;   // RFC 5321 §4.5.3.1

    private static readonly SearchValues<byte> AtomBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~."u8);

    private static readonly SearchValues<byte> DomainBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    /// <summary><c>&lt;&gt;</c>: the sender of bounces, to whom nothing may ever be bounced (RFC 5321 §4.5.5).</summary>
    public static SmtpPath Null { get; } = new("", "");

    public bool IsNull => LocalPart.Length is 0;

    /// <summary>True for postmaster in any case and at any domain or none: it must always be deliverable (RFC 5321 §4.5.1).</summary>
    public bool IsPostmaster => LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase);

    public bool IsAscii => Ascii.IsValid(LocalPart) && Ascii.IsValid(Domain);

    public override string ToString() => Domain.Length is 0 ? LocalPart : $"{LocalPart}@{Domain}";

    /// <summary>
    /// Reads <c>&lt;…&gt;</c> at the start of the text; a source route is dropped (RFC 5321 §4.1.1.3). Dots may stand anywhere in a local
    /// part: mailboxes such as <c>a..b@</c> exist. UTF-8 is accepted here, and must be well formed; whether it is allowed is the caller's
    /// question (RFC 6531 §3.3).
    /// </summary>
    internal static bool TryRead(ReadOnlySpan<byte> text, out SmtpPath path, out int length)
    {
        path = Null;
        length = 0;
        if (text.IsEmpty || text[0] is not (byte)'<')
            return false;
        var at = 1;
        if (at < text.Length && text[at] is (byte)'@' && !TrySkipRoute(text, ref at))
            return false;
        if (at is 1 && text.StartsWith("<>"u8))
        {
            length = 2;
            return true;
        }

        var localStart = at;
        if (!TrySkipLocalPart(text, ref at))
            return false;
        var local = text[localStart..at];
        var domain = ReadOnlySpan<byte>.Empty;
        if (at < text.Length && text[at] is (byte)'@')
        {
            var end = text[at..].IndexOf((byte)'>');
            if (end < 0)
                return false;
            domain = text.Slice(at + 1, end - 1);
            at += end;
            if (!IsDomain(domain) && !IsLiteral(domain))
                return false;
        }

        if (at >= text.Length || text[at] is not (byte)'>' || at + 1 > MaxPathBytes)
            return false;
        path = new SmtpPath(Encoding.UTF8.GetString(local), Encoding.UTF8.GetString(domain));
        length = at + 1;
        return domain.Length > 0 || path.IsPostmaster;
    }

    private static bool TrySkipRoute(ReadOnlySpan<byte> text, ref int at)
    {
        var colon = text.IndexOf((byte)':');
        if (colon < 0)
            return false;
        foreach (var hop in text[at..colon].Split((byte)','))
        {
            var domain = text[at..colon][hop];
            if (domain.IsEmpty || domain[0] is not (byte)'@' || !IsDomain(domain[1..]))
                return false;
        }

        at = colon + 1;
        return true;
    }

    private static bool TrySkipLocalPart(ReadOnlySpan<byte> text, ref int at)
    {
        var start = at;
        if (at < text.Length && text[at] is (byte)'"')
        {
            at++;
            while (at < text.Length && text[at] is not (byte)'"' and >= 0x20 and not 0x7f)
                at += text[at] is (byte)'\\' ? 2 : 1;
            if (at >= text.Length || text[at++] is not (byte)'"')
                return false;
        }
        else
        {
            while (at < text.Length && (AtomBytes.Contains(text[at]) || text[at] >= 0x80))
                at++;
        }

        var local = text[start..at];
        return local.Length is > 0 and <= MaxLocalPartBytes && IsText(local);
    }

    private static bool IsDomain(ReadOnlySpan<byte> domain)
    {
        if (domain.Length is 0 or > MaxDomainBytes || !IsText(domain))
            return false;
        foreach (var range in domain.Split((byte)'.'))
        {
            var label = domain[range];
            if (label.Length is 0 or > MaxLabelBytes)
                return false;
            foreach (var value in label)
            {
                if (value < 0x80 && !DomainBytes.Contains(value))
                    return false;
            }
        }

        return true;
    }

    private static bool IsLiteral(ReadOnlySpan<byte> domain) =>
        domain.Length is > 2 and <= MaxDomainBytes && domain[0] is (byte)'[' && domain[^1] is (byte)']'
        && domain[1..^1].IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0 && domain[1..^1].IndexOfAny("[]\\<>"u8) < 0;

    private static bool IsText(ReadOnlySpan<byte> text) =>
        text.IndexOfAnyInRange((byte)0, (byte)0x1f) < 0 && !text.Contains((byte)0x7f) && System.Text.Unicode.Utf8.IsValid(text);
}
