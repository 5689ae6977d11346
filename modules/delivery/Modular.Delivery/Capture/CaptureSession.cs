using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Modular.Delivery.Gateway;
using Modular.Mail.Mime;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Capture;

/// <summary>Plays the far side for one connection: takes every mail, unless the recipient's address asks for something else.</summary>
internal sealed partial class CaptureSession(
    long connection, CaptureStore store, Patience patience, SignedAddresses addresses, ISealer sealer, TimeProvider time, ILogger<CaptureStore> log) : ISmtpServerHandler
{
    public async ValueTask<SmtpReply?> RecipientAsync(ReceivedEnvelope envelope, ReceivedRecipient recipient, CancellationToken ct)
    {
        var to = recipient.Path;
        var wishes = Wishes.Read(to.LocalPart);
        if (wishes.TimesOut)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, ct); // ends with the session
        }
        if (wishes.Bounce is { } bounce) return new SmtpReply(550, bounce, $"<{to}>: Recipient address rejected: as its tag asks");
        if (wishes.Deferral is { } deferral && (wishes.DefersAlways || patience.Defers(NameOf(envelope))))
            return new SmtpReply(450, deferral, $"<{to}>: not now, as its tag asks");
        return null;
    }

    public ValueTask<SmtpReply> MessageAsync(ReceivedEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        long number = 0;
        var isOurs = addresses.TryRead(NameOf(envelope), out var signed);
        foreach (var recipient in envelope.Recipients)
        {
            var to = recipient.Path.ToString();
            number = store.Add(
                new CaptureRecord
                {
                    Connection = connection,
                    Tenant = isOurs ? signed.Tenant.Value : -1,
                    RecipientId = isOurs ? signed.RecipientId : 0,
                    MessageId = Hash(MessageIdOf(content)),
                    Recipient = isOurs ? RecipientHash(sealer, signed.Tenant, to) : default,
                    Reactions = Wishes.Read(recipient.Path.LocalPart).Reactions.IsEmpty ? ReactionState.None : ReactionState.Wanted,
                },
                envelope.Sender.ToString(), to, content.Span);
        }
        return ValueTask.FromResult(new SmtpReply(250, new EnhancedStatus(2, 0, 0), $"Ok: captured as {number}"));
    }

    public void Faulted(SmtpPeer peer, Exception fault) => LogFault(fault);

    /// <summary>Whose message it is: the return path says so, or beside the null sender the envelope id.</summary>
    private static string NameOf(ReceivedEnvelope envelope) => envelope.Sender.IsNull ? envelope.Parameters.EnvelopeId ?? "" : envelope.Sender.LocalPart;

    /// <summary>Keyed by the tenant, so that the index tells nobody who got mail.</summary>
    public static UInt128 RecipientHash(ISealer sealer, TenantId tenant, string to) => ToNumber(sealer.Index(tenant, "capture", to.ToLowerInvariant()).ToByteArray());

    public static UInt128 Hash(string messageId) => ToNumber(SHA256.HashData(Encoding.UTF8.GetBytes(messageId.Trim('<', '>', ' '))).AsSpan(0, 16));

    private static UInt128 ToNumber(ReadOnlySpan<byte> bytes) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(bytes);

    private static string MessageIdOf(ReadOnlyMemory<byte> content)
    {
        var end = content.Span.IndexOf("\r\n\r\n"u8);
        return HeaderList.Parse(end < 0 ? content : content[..(end + 2)]).Find("Message-ID")?.Value ?? "";
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The capture server could not keep a message")]
    private partial void LogFault(Exception fault);
}

/// <summary>Counts how often a message was deferred, so that it is accepted in the end. Forgets in a restart, and the oldest when there are many.</summary>
internal sealed class Patience(Microsoft.Extensions.Options.IOptions<DeliverySettings> settings)
{
    private const int MaxKept = 100_000;

    private readonly ConcurrentDictionary<string, int> _deferrals = new(StringComparer.Ordinal);

    public bool Defers(string message)
    {
        if (_deferrals.Count > MaxKept) _deferrals.Clear();
        return _deferrals.AddOrUpdate(message, 1, static (_, n) => n + 1) <= settings.Value.Capture.Deferrals;
    }
}
