using Modular.Compliance;

namespace Modular.Contacts;

/// <summary>Who unsubscribed is not mailed again, by whichever way they said so. Bounces and complaints come from delivery itself.</summary>
internal sealed class OnAddressSuppressed(TenantDb db) : IHandle<AddressSuppressed>
{
    private const string MarkUnsubscribed = """
        with changed as (
          update contact set status = 'unsubscribed', status_since = @At, status_reason = @Source, updated_at = now()
           where email_index = @Email
             and status in ('active', 'bounced')   -- complained outranks unsubscribed
          returning contact_id)
        insert into contact_history (contact_id, at, what, detail, actor)
        select contact_id, @At, 'unsubscribed', @Source, 'system' from changed
        """;

    public Task HandleAsync(AddressSuppressed e, CancellationToken ct) =>
        e.Reason is SuppressionReason.Unsubscribed ? db.RunAsync(e.Tenant, MarkUnsubscribed, new { e.Email, e.At, e.Source }, ct) : Task.CompletedTask;
}
