namespace Modular.Kernel.Sealing;

/// <summary>
/// Seals stored bytes anew under a tenant's newest key. Served by the host with the login that owns the tables, because append-only tables (the audit) are sealed anew too
/// and no login of a request may change those.
/// </summary>
public interface IResealing
{
    /// <summary>
    /// One batch: at most <paramref name="most"/> rows behind <paramref name="after"/>, and no more bytes than a process bears. Waits for nobody: a row that someone else
    /// is changing is counted, left alone, and found again by the next walk.
    /// </summary>
    Task<ResealedBatch> ResealAsync(TenantId tenant, SealedColumn column, long after, int most, CancellationToken ct);

    /// <summary>Names of the transactions at work now, in the whole server. A name comes once: when it is gone, what that transaction read or wrote is done with.</summary>
    Task<IReadOnlyList<string>> AtWorkAsync(CancellationToken ct);
}

/// <param name="GoOnAfter">Null at the end of the table.</param>
/// <param name="Found">Values that an older key had sealed and that open.</param>
/// <param name="Unreadable">Values that open with no key: damaged, or bound to something else. They are left as they are.</param>
public sealed record ResealedBatch(long? GoOnAfter, int Found, int Unreadable);
