using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Modular.Delivery.Queue;

namespace Modular.Delivery.Submission;

/// <summary>Tells the sender of submitted mail what became of a recipient, where they are owed it. The report's id, negative, is made of the recipient's: a repeat finds it there.</summary>
internal sealed partial class OnSubmittedRecipientSettled(
    TenantDb db, ISealer sealer, SubmittedTable table, SubmissionReports reports, SendSignal signal, ILogger<OnSubmittedRecipientSettled> log) : IHandle<SubmittedRecipientSettled>
{
    private const string Find = """
        select m.message_id, m.received_at, m.envelope, m.message, d.test_to
          from submitted_recipient r join submitted_message m using (message_id) join delivery d using (recipient_id)
         where r.recipient_id = @recipientId
           and not exists (select from submitted_message where message_id = @reportId)
        """;

    public async Task HandleAsync(SubmittedRecipientSettled e, CancellationToken ct)
    {
        var reportId = -(2 * e.RecipientId + (e.Outcome is SubmittedOutcome.Failed ? 1 : 0)); // who was delivered to may still bounce
        await using var tx = await db.BeginAsync(e.Tenant, ct);
        if (await tx.FindAsync<Row>(Find, new { recipientId = e.RecipientId, reportId }, ct) is not { } row) return;
        try
        {
            var envelope = SubmittedEnvelope.Parse(sealer.Open(e.Tenant, SubmittedTable.Purpose, row.MessageId, row.Envelope));
            var recipient = envelope.Recipients.FirstOrDefault(asked => asked.RecipientId == e.RecipientId);
            if (recipient is null || !SubmissionReports.IsOwed(envelope, recipient.Notify, e.Outcome)) return;
            var to = EmailAddress.Parse(Encoding.UTF8.GetString(sealer.Open(e.Tenant, Claims.TestPurpose, e.RecipientId, row.TestTo)));
            var original = sealer.Open(e.Tenant, SubmittedTable.Purpose, row.MessageId, row.Message);
            var ownId = (await tx.NextIdsAsync(1, ct))[0];
            await table.AddAsync(tx, e.Tenant, [reports.Write(e, envelope, recipient, to, row.ReceivedAt, original, reportId, ownId)], ct);
        }
        catch (CryptographicException shredded)
        {
            LogUnreadable(shredded, e.Tenant, e.RecipientId);
            return;
        }
        await tx.CommitAsync(ct);
        signal.Wake(e.Tenant);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant}, recipient {RecipientId}: what was submitted can be read no more, so its sender is told nothing")]
    private partial void LogUnreadable(Exception fault, TenantId tenant, long recipientId);

    private sealed record Row(long MessageId, DateTimeOffset ReceivedAt, byte[] Envelope, byte[] Message, byte[] TestTo);
}
