using System.Buffers;
using System.Globalization;
using System.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// A mailbox as header fields name it: a display name, possibly empty, and an addr-spec (RFC 5322 §3.4). It never holds a line break or
/// another control character, so that writing it cannot start another field. Equality compares the characters.
/// </summary>
public sealed record MailboxAddress
{
    /// <summary>RFC 5321 §4.5.3.1.1, in octets of UTF-8.</summary>
    public const int MostLocalPartBytes = 64;

    /// <summary>RFC 5321 §4.5.3.1.2, in octets.</summary>
    public const int MostDomainBytes = 255;

    private static readonly SearchValues<char> AtomAndDots = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.");

    private static readonly SearchValues<char> NotInLiteral = SearchValues.Create("[]\\ \t<>,@");

    private MailboxAddress(HeaderText name, string address)
    {
        Name = name;
        Address = address;
    }

    public HeaderText Name { get; }

    /// <summary>The addr-spec; a domain in Unicode has become its A-labels when it was created by us.</summary>
    public string Address { get; }

    /// <summary>True when the address itself is not ASCII: it can be written only to peers that offer SMTPUTF8 (RFC 6531 §3.2).</summary>
    public bool NeedsSmtpUtf8 => !Ascii.IsValid(Address);

    public string LocalPart => Address[..Math.Max(0, Address.LastIndexOf('@'))];

    public string Domain => Address[(Address.LastIndexOf('@') + 1)..];

    /// <exception cref="ArgumentException">The address is no addr-spec that can be mailed.</exception>
    public static MailboxAddress Create(string address, HeaderText name = default) =>
        TryCreate(address, name, out var mailbox) ? mailbox : throw new ArgumentException("The address is not one local part, one @ and one domain.", nameof(address));

    /// <summary>
    /// Accepts an addr-spec: a local part of atoms and dots (also the doubled and final dots that some providers gave out) or a quoted
    /// string, and a domain of host-name labels or a literal. The domain is turned into A-labels (RFC 5891 §4.4).
    /// </summary>
    public static bool TryCreate(string? address, HeaderText name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MailboxAddress? mailbox)
    {
        mailbox = null;
        if (address is null || !HeaderText.TryCreate(address, out var clean) || clean.ToString().Length != address.Length)
            return false;
        var at = address.LastIndexOf('@');
        if (at < 1 || !IsLocalPart(address.AsSpan(0, at)) || ToAscii(address[(at + 1)..]) is not { } domain)
            return false;
        mailbox = new MailboxAddress(name, string.Concat(address.AsSpan(0, at + 1), domain));
        return true;
    }

    /// <summary>What a stranger's mail says, taken as it stands, blanks for control characters.</summary>
    internal static MailboxAddress FromWire(string name, string address) => new(HeaderText.Clean(name), HeaderText.Clean(address).ToString());

    /// <summary>True for a local part that a header can carry only in quotes (RFC 5322 §3.2.3).</summary>
    internal static bool NeedsQuotes(ReadOnlySpan<char> localPart) =>
        localPart is not ['"', .., '"'] && (localPart is ['.', ..] or [.., '.'] || localPart.Contains("..", StringComparison.Ordinal));

    public override string ToString() => Name.IsEmpty ? Address : $"{Name} <{Address}>";

    private static bool IsLocalPart(ReadOnlySpan<char> text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MostLocalPartBytes)
            return false;
        if (text is not ['"', .., '"'])
            return IsAtomsAndDots(text);
        if (text.Length < 3)
            return false;
        for (var i = 1; i < text.Length - 1; i++)
        {
            if (text[i] is '\\')
                i++;
            else if (text[i] is '"')
                return false;
            if (i >= text.Length - 1)
                return false;
        }

        return true;
    }

    private static bool IsAtomsAndDots(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyExcept(AtomAndDots) is >= 0 and var other)
        {
            if (text[other] < 0x80 || char.IsWhiteSpace(text[other]))
                return false;
            text = text[(other + 1)..];
        }

        return true;
    }

    private static string? ToAscii(string domain)
    {
        if (domain is ['[', .., ']'])
            return domain.Length <= MostDomainBytes && !domain.AsSpan(1, domain.Length - 2).ContainsAny(NotInLiteral) ? domain : null;
        if (!Ascii.IsValid(domain))
        {
            try
            {
                domain = new IdnMapping().GetAscii(domain);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        return domain.Length is > 0 and <= MostDomainBytes && domain.Split('.').All(IsLabel) ? domain : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] is not '-' && label[^1] is not '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
