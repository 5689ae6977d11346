using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Delivery.Queue;
using Modular.Mail.Mime;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Submission;

/// <summary>
/// Keeps submitted mail, sealed, and puts its recipients into the ledger, in the same transaction. When the task completes it is committed; when that fails,
/// the task does. Many sessions of a tenant share a commit.
/// </summary>
internal sealed class SubmissionStore(
    TenantDb db, SubmittedTable table, SignedAddresses addresses, SendSignal signal, IOptions<DeliverySettings> settings, TimeProvider time)
{
    private const int MaxBatch = 64;

    private readonly ConcurrentDictionary<TenantId, Lazy<GroupCommit<SubmittedMail>>> _tenants = new();

    public Task AddAsync(SubmittedMail mail) => _tenants.GetOrAdd(
        mail.Rights.Tenant,
        tenant => new Lazy<GroupCommit<SubmittedMail>>(() => new GroupCommit<SubmittedMail>(MaxBatch, batch => WriteAsync(tenant, batch)))).Value.AddAsync(mail);

    private async Task WriteAsync(TenantId tenant, IReadOnlyList<SubmittedMail> batch)
    {
        await using var tx = await db.BeginAsync(tenant, CancellationToken.None);
        var ids = new Queue<long>(await tx.NextIdsAsync(batch.Count + batch.Sum(mail => mail.Recipients.Count), CancellationToken.None));
        var now = time.GetUtcNow();
        var rows = batch.Select(mail => Row(tenant, mail, ids, now)).ToList();
        await table.AddAsync(tx, tenant, rows, CancellationToken.None);
        await tx.CommitAsync(CancellationToken.None);
        signal.Wake(tenant);
    }

    private SubmittedRow Row(TenantId tenant, SubmittedMail mail, Queue<long> ids, DateTimeOffset now)
    {
        var id = ids.Dequeue();
        var recipients = mail.Recipients.Select(recipient => (Id: ids.Dequeue(), recipient.To, recipient.Asked)).ToList();
        var asked = mail.Envelope.Parameters;
        var envelope = new SubmittedEnvelope(
            mail.Envelope.Peer.Address.ToString(), mail.Envelope.Sender.ToString(), mail.From.ToString(), asked.IsUtf8, asked.Return, asked.EnvelopeId,
            recipients.ConvertAll(recipient => new SubmittedRecipient(recipient.Id, recipient.Asked.Notify, recipient.Asked.OriginalRecipient)));
        var message = Complete(tenant, mail, id, recipients[0].Id, now);
        return new SubmittedRow(id, mail.Rights.Credential.Id, envelope, message, recipients.ConvertAll(recipient => (recipient.Id, recipient.To)));
    }

    /// <summary>The trace, and what a message must have and this one has not (RFC 6409 §8.1, §8.2): before all else, so that nothing that may be signed already is moved.</summary>
    private byte[] Complete(TenantId tenant, SubmittedMail mail, long id, long firstRecipientId, DateTimeOffset now)
    {
        var content = mail.Content.Span;
        using var output = new MemoryStream(content.Length + 512);
        output.Write(ReceivedField.Write(mail.Envelope, settings.Value.HostName, id.ToString(System.Globalization.CultureInfo.InvariantCulture), now));
        if (!mail.HasDate) output.Write(Encoding.ASCII.GetBytes($"Date: {MailDate.Format(now)}\r\n"));
        if (!mail.HasMessageId)
        {
            var local = addresses.Write(new SignedAddress(AddressKind.MessageId, tenant, firstRecipientId));
            output.Write(Encoding.ASCII.GetBytes($"Message-ID: <{local}@{settings.Value.ReturnDomain}>\r\n"));
        }
        output.Write(content);
        if (mail.HeaderBytes == content.Length) output.Write("\r\n"u8); // nothing but a header
        return output.ToArray();
    }
}
