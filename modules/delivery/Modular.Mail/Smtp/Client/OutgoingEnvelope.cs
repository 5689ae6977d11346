using System.Globalization;
using System.Text;

namespace Modular.Mail.Smtp.Client;

/// <summary>The envelope of one message to send.</summary>
/// <param name="Sender">The envelope sender without brackets; empty for a bounce.</param>
/// <param name="Recipients">At least one, without brackets. Domains in Unicode go out as A-labels (RFC 5891 §4.4).</param>
/// <param name="SizeBytes">The size of the content, offered to the server if it wants to know (RFC 1870); 0 when not known.</param>
/// <param name="Is8Bit">The content has octets above 127, so the server must offer 8BITMIME (RFC 6152).</param>
/// <param name="IsUtf8">The header has UTF-8, so the server must offer SMTPUTF8 (RFC 6531); a local part that has needs it anyway.</param>
public sealed record OutgoingEnvelope(
    string Sender, IReadOnlyList<string> Recipients, long SizeBytes = 0, bool Is8Bit = false, bool IsUtf8 = false)
{
    private const int MaxEnvelopeIdChars = 100, MaxOriginalRecipientChars = 500;   // RFC 3461 §4.4, §4.2

    private static readonly IdnMapping Idn = new();

    public OutgoingEnvelope(string sender, string recipient, long sizeBytes = 0) : this(sender, [recipient], sizeBytes)
    {
    }

    /// <summary>RET: said to servers that offer DSN, like the next two (RFC 3461 §4).</summary>
    public DsnReturn Return { get; init; }

    /// <summary>ENVID as xtext (<see cref="Xtext.Encode"/>), at most 100 characters; what is longer or cannot be said is left out. Null for none.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>One for each recipient in their order; those without one are spoken of as the server sees fit.</summary>
    public IReadOnlyList<DsnRequest> Requests { get; init; } = [];

    internal bool NeedsUtf8 => IsUtf8 || NeedsUtf8For(Sender) || Recipients.Any(NeedsUtf8For);

    /// <summary>Null when the server's offers suffice.</summary>
    internal SmtpOutcome.Unsuited? JudgeBy(SmtpCapabilities capabilities)
    {
        if (!IsSendable(Sender) || Recipients.Count is 0 || !Recipients.All(static r => r.Length > 0 && IsSendable(r)))
            return new SmtpOutcome.Unsuited(new EnhancedStatus(5, 1, 3), "An address of the envelope cannot be written in SMTP.");
        if (capabilities.MaxMessageBytes is > 0 and var max && SizeBytes > max)
            return new SmtpOutcome.Unsuited(new EnhancedStatus(5, 3, 4), $"The message has {SizeBytes} bytes, the server takes {max}.");
        if (Is8Bit && !capabilities.EightBitMime)
            return new SmtpOutcome.Unsuited(new EnhancedStatus(5, 6, 3), "The message is 8-bit, the server does not offer 8BITMIME.");
        if (NeedsUtf8 && !capabilities.SmtpUtf8)
            return new SmtpOutcome.Unsuited(new EnhancedStatus(5, 6, 7), "The addresses or the header need SMTPUTF8, the server does not offer it.");
        return null;
    }

    /// <summary>The address as the command carries it: every server understands A-labels, also one that takes UTF-8 (RFC 6531 §3.2).</summary>
    internal static string OnTheWire(string address)
    {
        if (Ascii.IsValid(address))
            return address;
        var at = address.LastIndexOf('@') + 1;
        return Ascii.IsValid(address.AsSpan(at)) || address.AsSpan(at).StartsWith("[") ? address : string.Concat(address.AsSpan(0, at), Idn.GetAscii(address, at));
    }

    /// <summary>The parameters of MAIL that DSN adds.</summary>
    internal void WriteSenderRequest(StringBuilder command)
    {
        if (Return is not DsnReturn.Unspecified)
            command.Append(Return is DsnReturn.Full ? " RET=FULL" : " RET=HDRS");
        if (EnvelopeId is { Length: <= MaxEnvelopeIdChars } id && Xtext.IsSendable(id))
            command.Append(" ENVID=").Append(id);
    }

    /// <summary>The parameters of RCPT that DSN adds.</summary>
    internal void WriteRecipientRequest(int index, StringBuilder command)
    {
        if (index >= Requests.Count)
            return;
        var request = Requests[index];
        if (request.Notify is not DsnNotify.Unspecified)
            command.Append(" NOTIFY=").Append(Words(request.Notify));
        if (request.OriginalRecipient is { Length: <= MaxOriginalRecipientChars } original && Xtext.IsSendable(original))
            command.Append(" ORCPT=").Append(original);
    }

    private static string Words(DsnNotify notify) => notify.HasFlag(DsnNotify.Never)
        ? "NEVER"
        : string.Join(',', new[] { (DsnNotify.Success, "SUCCESS"), (DsnNotify.Failure, "FAILURE"), (DsnNotify.Delay, "DELAY") }.Where(n => notify.HasFlag(n.Item1)).Select(n => n.Item2));

    private static bool NeedsUtf8For(string address) => !Ascii.IsValid(address) && !Ascii.IsValid(address.AsSpan(0, Math.Max(0, address.LastIndexOf('@'))));

    /// <summary>No address may end its command and begin another, and a domain in Unicode must have A-labels.</summary>
    private static bool IsSendable(string address)
    {
        if (address.Length > 254 || address.AsSpan().ContainsAnyInRange('\0', '\x1f') || address.AsSpan().ContainsAny('<', '>', '\x7f'))
            return false;
        try
        {
            return OnTheWire(address).Length > 0 || address.Length is 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
