using Modular.Delivery.Gateway;
using Modular.Delivery.Outbound;
using Modular.Delivery.Queue;

namespace Modular.Delivery.Submission;

/// <summary>Makes claimed recipients of submitted mail ready to be sent: the message as it was stored, one at a time, because each can be large.</summary>
internal sealed class SubmittedMails(TenantDb db, ISealer sealer, ISuppressionList suppressions, Signers signers, MessageWriter writer)
{
    private const string FindMessages = "select recipient_id, message_id from submitted_recipient where recipient_id = any(@ids)";

    private const string Read = "select envelope, message from submitted_message where message_id = @messageId";

    /// <param name="batch">Of one tenant.</param>
    /// <param name="settled">Called for who has an outcome already and will not be sent to.</param>
    public async IAsyncEnumerable<Ready> ComposeAsync(IReadOnlyList<Claimed> batch, Action<Claimed> settled, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var tenant = batch[0].Tenant;
        var suppressed = await suppressions.FindAsync(tenant, [.. batch.Select(message => message.Email)], ct);
        var rows = await db.ListAsync<RecipientRow>(tenant, FindMessages, new { ids = batch.Select(message => message.RecipientId).ToArray() }, ct);
        var messageOf = rows.ToDictionary(row => row.RecipientId, row => row.MessageId);
        foreach (var group in batch.GroupBy(message => messageOf.GetValueOrDefault(message.RecipientId)))
        {
            var row = await db.FindAsync<MessageRow>(tenant, Read, new { messageId = group.Key }, ct);
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
                    yield return new Ready(recipient, recipient.TestTo!, content, pool, writer.AddressOf(AddressKind.Bounce, recipient));
                }
            }
        }
    }

    private ValueTask<SignerPool?> PoolAsync(TenantId tenant, SubmittedEnvelope envelope, CancellationToken ct) => EmailAddress.Parse(envelope.From) is var from && envelope.IsLetter
        ? signers.FindForLetterAsync(tenant, from, ct)
        : signers.FindAsync(tenant, from, ct);

    private sealed record RecipientRow(long RecipientId, long MessageId);

    private sealed record MessageRow(byte[] Envelope, byte[] Message);
}
