namespace Modular.Kernel.Auditing;

/// <summary>What one person did, for the copy of their data that they may ask for. Served by compliance.</summary>
public interface IOwnDeeds
{
    /// <summary>The latest first, under every name that the person acted by in this trail.</summary>
    /// <param name="tenant">Null for the installation's trail.</param>
    /// <param name="actor">As in <see cref="Access.Caller.Actor"/>, as it is now; the names before are found by the records of their change.</param>
    /// <param name="since">When the account began: what was done under the address before was somebody else's.</param>
    Task<IReadOnlyList<OwnDeed>> LatestAsync(TenantId? tenant, long userId, string actor, DateTimeOffset since, int most, CancellationToken ct);
}

/// <summary>One deed without what it changed: that is the tenant's, and may be about other people.</summary>
/// <param name="Address">The client's.</param>
/// <param name="Outcome"><c>done</c> or <c>refused</c>.</param>
public sealed record OwnDeed(DateTimeOffset At, string Action, string Subject, string? Detail, string Door, string? Address, string Outcome);

/// <summary>The record by which a person's earlier names are found: the address before stands in <see cref="AuditEntry.Before"/>.</summary>
public static class AddressDeeds
{
    public const string Changed = "user.address-changed";

    public static string SubjectOf(long userId) => $"user/{userId}";
}
