using Modular.Delivery;

namespace Modular.Compliance.Suppressing;

/// <summary>An address that is dead for good is not mailed again, by any campaign of the tenant.</summary>
internal sealed class OnRecipientBounced(ISuppressionList list) : IHandle<RecipientBounced>
{
    public Task HandleAsync(RecipientBounced e, CancellationToken ct) => e.IsHard
        ? list.SuppressAsync(e.Tenant, [new Suppression(e.Email, SuppressionReason.HardBounce, e.Words, e.At, e.ContactId is 0 ? null : e.ContactId, e.RecipientId)], ct)
        : Task.CompletedTask;
}

/// <summary>Who reported our mail as spam gets no more of it, from the whole tenant and at once.</summary>
internal sealed class OnRecipientComplained(ISuppressionList list) : IHandle<RecipientComplained>
{
    public Task HandleAsync(RecipientComplained e, CancellationToken ct) =>
        list.SuppressAsync(e.Tenant, [new Suppression(e.Email, SuppressionReason.Complaint, e.Source, e.At, e.ContactId is 0 ? null : e.ContactId, e.RecipientId)], ct);
}
