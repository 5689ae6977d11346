using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Delivery.Outbound;
using Modular.Delivery.Queue;
using Modular.Mail.Smtp;

namespace Modular.Delivery.Submission;

/// <summary>Makes claimed recipients of submitted mail ready to be sent: the messages as they were stored, a few megabytes at a time, because each can be large.</summary>
internal sealed class SubmittedMails(TenantDb db, ISealer sealer, ISuppressionList suppressions, Signers signers, MessageWriter writer, IOptions<DeliverySettings> settings, TimeProvider time)
{
    /// <summary>One larger message passes alone.</summary>
    private const int MostBytesRead = 4 * 1024 * 1024;

    private const string FindMessages = "select r.recipient_id, r.message_id, m.size_bytes from submitted_recipient r left join submitted_message m using (message_id) where r.recipient_id = any(@ids)";

    private const string Read = "select message_id, envelope, message from submitted_message where message_id = any(@ids)";

    /// <param name="batch">Of one tenant.</param>
    /// <param name="settled">Called for who has an outcome already and will not be sent to.</param>
    public async IAsyncEnumerable<Ready> ComposeAsync(IReadOnlyList<Claimed> batch, Action<Claimed> settled, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var tenant = batch[0].Tenant;
        var checkedAt = time.GetTimestamp();
        var suppressed = await suppressions.FindAsync(tenant, [.. batch.Select(message => message.Email)], ct);
        var rows = await db.ListAsync<RecipientRow>(tenant, FindMessages, new { ids = batch.Select(message => message.RecipientId).ToArray() }, ct);
        var messageOf = rows.ToDictionary(row => row.RecipientId);
        var groups = batch.GroupBy(message => messageOf.GetValueOrDefault(message.RecipientId)?.MessageId ?? 0).Select(group => (group, Bytes: messageOf.GetValueOrDefault(group.First().RecipientId)?.SizeBytes ?? 0));
        await foreach (var (group, row) in ReadAsync(tenant, [.. groups], ct))
        {
            var envelope = row is null ? null : SubmittedEnvelope.Parse(sealer.Open(tenant, SubmittedTable.Purpose, group.Key, row.Envelope));
            var pool = envelope is null ? null : await PoolAsync(tenant, envelope, ct);
            ReadyContent.Raw? content = null;
            foreach (var recipient in group)
            {
                var outcome = envelope is not { IsLetter: true } && suppressed.TryGetValue(recipient.Email, out var entry) ? Verdict.Suppressed(recipient, entry)
                    : row is null || envelope is null ? Verdict.Skipped(recipient, "the submitted message is gone")
                    : pool is null && !envelope.IsLetter ? Verdict.Skipped(recipient, "the domain it is from is no longer one of this tenant's sending domains")
                    : null;
                if (outcome is not null)
                {
                    settled(recipient);
                    _ = recipient.Queue.CommitAsync(outcome, null);
                }
                else
                {
                    content ??= ReadyContent.Raw.Of(sealer.Open(tenant, SubmittedTable.Purpose, group.Key, row!.Message), envelope!.IsUtf8);
                    yield return new Ready(recipient, recipient.TestTo!, content, pool, writer.AddressOf(AddressKind.Bounce, recipient))
                    {
                        CheckedAt = envelope!.IsLetter ? null : checkedAt,
                        IsFromNobody = envelope.Sender.Length is 0,
                        Asked = envelope.IsLetter ? null : AskedOf(envelope, recipient, row!.Message.Length),
                    };
                }
            }
        }
    }

    /// <summary>A report with a message in it that our gateway has no room for would be lost.</summary>
    private DsnAsked AskedOf(SubmittedEnvelope envelope, Claimed recipient, int bytes) => new(
        envelope.Return is DsnReturn.Full && bytes > settings.Value.Gateway.MaxMessageBytes / 2 ? DsnReturn.Headers : envelope.Return,
        envelope.EnvelopeId,
        envelope.Recipients.FirstOrDefault(to => to.RecipientId == recipient.RecipientId) is { } of ? new DsnRequest(of.Notify, of.OriginalRecipient) : default);

    private async IAsyncEnumerable<(IGrouping<long, Claimed> Group, MessageRow? Row)> ReadAsync(
        TenantId tenant, List<(IGrouping<long, Claimed> Group, int Bytes)> groups, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (var at = 0; at < groups.Count;)
        {
            var (first, bytes) = (at, groups[at].Bytes);
            for (at++; at < groups.Count && bytes + groups[at].Bytes <= MostBytesRead; at++) bytes += groups[at].Bytes;
            var some = groups[first..at];
            var rows = (await db.ListAsync<MessageRow>(tenant, Read, new { ids = some.Select(g => g.Group.Key).ToArray() }, ct)).ToDictionary(row => row.MessageId);
            foreach (var (group, _) in some) yield return (group, rows.GetValueOrDefault(group.Key));
        }
    }

    private ValueTask<SignerPool?> PoolAsync(TenantId tenant, SubmittedEnvelope envelope, CancellationToken ct) => EmailAddress.Parse(envelope.From) is var from && envelope.IsLetter
        ? signers.FindForLetterAsync(tenant, from, ct)
        : signers.FindAsync(tenant, from, ct);

    private sealed record RecipientRow(long RecipientId, long MessageId, int? SizeBytes);

    private sealed record MessageRow(long MessageId, byte[] Envelope, byte[] Message);
}
