using System.Text;
using Modular.Delivery.Queue;

namespace Modular.Delivery.Submission;

/// <summary>Where mail lies that came whole, sealed; its recipients are in the ledger.</summary>
internal sealed class SubmittedTable(ISealer sealer, TimeProvider time)
{
    /// <summary>The campaign of all mail that belongs to none. Its recipients have an address of their own, as test mails have.</summary>
    public const long NoCampaign = 0;

    public const string Purpose = "delivery.submitted";

    private const string Add = """
        with message as (
            insert into submitted_message (message_id, credential_id, received_at, size_bytes, envelope, message)
            select message_id, credential_id, @now, size_bytes, envelope, message
              from unnest(@messageIds, @credentials, @sizes, @envelopes, @messages) as m(message_id, credential_id, size_bytes, envelope, message)
        ), recipient as (
            insert into submitted_recipient (recipient_id, message_id) select * from unnest(@recipientIds, @messagesOf)
        )
        insert into delivery (recipient_id, campaign_id, contact_id, email_index, domain, state, queued_at, due_at, test_to)
        select recipient_id, 0, 0, email_index, domain, 0, @now, @now, address
          from unnest(@recipientIds, @emails, @domains, @addresses) as r(recipient_id, email_index, domain, address)
        """;

    public Task AddAsync(TenantTransaction tx, TenantId tenant, IReadOnlyList<SubmittedRow> rows, CancellationToken ct)
    {
        var recipients = rows.SelectMany(row => row.Recipients).ToList();
        return tx.RunAsync(Add, new
        {
            now = time.GetUtcNow(),
            messageIds = rows.Select(row => row.MessageId).ToArray(),
            credentials = rows.Select(row => row.CredentialId).ToArray(),
            sizes = rows.Select(row => row.Message.Length).ToArray(),
            envelopes = rows.Select(row => sealer.Seal(tenant, Purpose, row.MessageId, row.Envelope.ToBytes())).ToArray(),
            messages = rows.Select(row => sealer.Seal(tenant, Purpose, row.MessageId, row.Message)).ToArray(),
            recipientIds = recipients.Select(recipient => recipient.Id).ToArray(),
            messagesOf = rows.SelectMany(row => row.Recipients.Select(_ => row.MessageId)).ToArray(),
            emails = recipients.Select(recipient => sealer.Index(tenant, recipient.To).Value).ToArray(),
            domains = recipients.Select(recipient => recipient.To.Domain).ToArray(),
            addresses = recipients.Select(recipient => sealer.Seal(tenant, Claims.TestPurpose, recipient.Id, Encoding.UTF8.GetBytes(recipient.To.ToString()))).ToArray(),
        }, ct);
    }
}

/// <param name="CredentialId">0 for a letter of the suite.</param>
internal sealed record SubmittedRow(long MessageId, long CredentialId, SubmittedEnvelope Envelope, byte[] Message, IReadOnlyList<(long Id, EmailAddress To)> Recipients);
