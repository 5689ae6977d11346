using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Modular.Delivery.Queue;
using Modular.Delivery.Submission;
using Modular.Kernel.Mailing;

namespace Modular.Delivery.Letters;

/// <summary>Queues what the suite itself has to write. The mail's id, negative, is its message's: a repeat finds it there.</summary>
internal sealed partial class OnMailRequested(
    TenantDb db, ISealer sealer, SubmittedTable table, LetterWriter writer, SendSignal signal, ILogger<OnMailRequested> log) : IHandle<MailRequested>
{
    private const string IsThere = "select exists (select from submitted_message where message_id = @messageId)";

    public async Task HandleAsync(MailRequested e, CancellationToken ct)
    {
        if (Open(e) is not { } letter) return;
        if (!EmailAddress.TryParse(letter.To, out var to, out var fault))
        {
            LogNoAddress(e.Tenant, e.Kind, fault);
            return;
        }

        var messageId = -e.MailId;
        await using var tx = await db.BeginAsync(e.Tenant, ct);
        if (await tx.FindAsync<bool>(IsThere, new { messageId }, ct)) return;
        var recipientId = (await tx.NextIdsAsync(1, ct))[0];
        await table.AddAsync(tx, e.Tenant, [writer.Write(e.Tenant, messageId, recipientId, to, letter)], ct);
        await tx.CommitAsync(ct);
        signal.Wake(e.Tenant);
    }

    private Letter? Open(MailRequested e)
    {
        try
        {
            return e.Open(sealer);
        }
        catch (CryptographicException shredded)
        {
            LogUnreadable(shredded, e.Tenant, e.Kind);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Tenant {Tenant}: a mail of kind {Kind} was asked for and its address cannot be written to: {Fault}")]
    private partial void LogNoAddress(TenantId tenant, string kind, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant}: a mail of kind {Kind} is not sent, its text cannot be opened any more")]
    private partial void LogUnreadable(Exception fault, TenantId tenant, string kind);
}
