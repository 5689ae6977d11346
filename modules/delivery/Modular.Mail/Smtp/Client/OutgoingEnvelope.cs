using System.Text;

namespace Modular.Mail.Smtp.Client;

/// <summary>The envelope of one message to send.</summary>
/// <param name="Sender">The envelope sender without brackets; empty for a bounce.</param>
/// <param name="Recipients">At least one, without brackets.</param>
/// <param name="SizeBytes">The size of the content, offered to the server if it wants to know (RFC 1870); 0 when not known.</param>
/// <param name="Is8Bit">The content has octets above 127, so the server must offer 8BITMIME (RFC 6152).</param>
/// <param name="IsUtf8">The header has UTF-8, so the server must offer SMTPUTF8 (RFC 6531); an address that has needs it anyway.</param>
public sealed record OutgoingEnvelope(
    string Sender, IReadOnlyList<string> Recipients, long SizeBytes = 0, bool Is8Bit = false, bool IsUtf8 = false)
{
    public OutgoingEnvelope(string sender, string recipient, long sizeBytes = 0) : this(sender, [recipient], sizeBytes)
    {
    }

    internal bool NeedsUtf8 => IsUtf8 || !Ascii.IsValid(Sender) || !Recipients.All(static r => Ascii.IsValid(r));

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

    /// <summary>No address may end its command and begin another.</summary>
    private static bool IsSendable(string address) =>
        address.Length <= 254 && !address.AsSpan().ContainsAnyInRange('\0', '\x1f') && !address.AsSpan().ContainsAny('<', '>', '\x7f');
}
