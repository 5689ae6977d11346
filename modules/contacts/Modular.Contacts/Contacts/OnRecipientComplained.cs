using Modular.Delivery;

namespace Modular.Contacts;

/// <summary>Who reports our mail as spam is not mailed again.</summary>
internal sealed class OnRecipientComplained(TenantDb db) : IHandle<RecipientComplained>
{
    private const string MarkComplained = """
        with changed as (
          update contact set status = 'complained', status_since = @At, status_reason = @Source, updated_at = now()
           where contact_id = @ContactId
             and email_index = @Email
             and status <> 'complained'   -- it outranks all others
          returning contact_id)
        insert into contact_history (contact_id, at, what, detail, actor)
        select contact_id, @At, 'complained', @Source, 'system' from changed
        """;

    public Task HandleAsync(RecipientComplained e, CancellationToken ct) => db.RunAsync(e.Tenant, MarkComplained, new { e.ContactId, e.Email, e.At, e.Source }, ct);
}
