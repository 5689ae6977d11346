using Modular.Delivery;

namespace Modular.Contacts;

/// <summary>A dead address is not mailed again.</summary>
internal sealed class OnRecipientBounced(TenantDb db) : IHandle<RecipientBounced>
{
    private const string MarkBounced = """
        with changed as (
          update contact set status = 'bounced', status_since = @At, status_reason = @Reason, updated_at = now()
           where contact_id = @ContactId
             and email_index = @Email    -- the address that bounced, not one that the contact has since
             and status = 'active'       -- unsubscribed and complained outrank bounced
          returning contact_id)
        insert into contact_history (contact_id, at, what, detail, actor)
        select contact_id, @At, 'bounced', @Reason, 'system' from changed
        """;

    public Task HandleAsync(RecipientBounced e, CancellationToken ct) =>
        e.IsHard ? db.RunAsync(e.Tenant, MarkBounced, new { e.ContactId, e.Email, e.At, Reason = e.Words }, ct) : Task.CompletedTask;
}
