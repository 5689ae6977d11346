namespace Modular.Tenancy;

/// <summary>What a tenant may take up. Each module checks where it would grow; what is there already is never taken away.</summary>
public interface IQuotas
{
    /// <summary>From memory, a few seconds old at most.</summary>
    ValueTask<Quota> FindAsync(TenantId tenant, CancellationToken ct);

    /// <summary>Takes from the mails that this tenant may still begin today (UTC), over all processes together.</summary>
    /// <returns>How many it got: 0 to <paramref name="wanted"/>. What it does not use it gives back.</returns>
    ValueTask<int> TakeMailsAsync(TenantId tenant, int wanted, CancellationToken ct);

    /// <summary>Gives back what was taken and not begun.</summary>
    ValueTask GiveMailsBackAsync(TenantId tenant, int unused, CancellationToken ct);
}

/// <summary>Null is no limit.</summary>
/// <param name="MailsPerDay">Mails begun in a day of UTC; trying one again is not beginning it.</param>
/// <param name="StorageBytes">What the tenant's tables with their indexes, and its files, take up on the disk.</param>
/// <param name="Users">People with a role in the tenant.</param>
public sealed record Quota(long? Contacts, long? MailsPerDay, long? StorageBytes, long? Users)
{
    public static Quota None { get; } = new(null, null, null, null);
}

/// <param name="What">What would be too many, as in <c>contacts</c>.</param>
/// <param name="Limit">With its unit, for people.</param>
/// <param name="Used">The same, before the act that was refused.</param>
public sealed record QuotaReached(string What, string Limit, string Used) : Fault($"The quota of {Limit} {What} is used up: there are {Used}. Remove some, or ask whoever runs this installation for more.")
{
    public override int Status => 409;
}
