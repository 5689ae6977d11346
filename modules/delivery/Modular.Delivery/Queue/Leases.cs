using Microsoft.Extensions.Logging;

namespace Modular.Delivery.Queue;

/// <summary>
/// One row for each process that sends for a tenant. Everything it has claimed hangs on that row: whoever deletes it puts the claims back, and from
/// then on nothing is written in its name.
/// </summary>
internal sealed partial class Leases(TenantDb db, Holder holder, TimeProvider time, ILogger<Leases> log)
{
    private const string Take = """
        insert into sender_lease (holder, expires_at, in_flight) values (@holder, now() + @age, '{}') returning lease_id
        """;

    private const string Renew = "update sender_lease set expires_at = now() + @age where lease_id = @leaseId";

    private const string Others = "select lease_id, holder, expires_at < now() as is_expired from sender_lease for update skip locked";

    /// <summary>Puts back what was claimed and has no outcome. Whose final dot may have been sent is counted as ambiguous, and sent again.</summary>
    private const string PutBack = """
        with gone as (
            delete from sender_lease where lease_id = any(@leases) returning in_flight
        ), freed as (
            delete from claim where lease_id = any(@leases) returning recipient_ids
        ), flying as (
            select unnest(in_flight) as recipient_id from gone
        ), back as (
            update delivery d
               set due_at = @now,
                   ambiguous = d.ambiguous + (f.recipient_id is not null)::int,
                   changed_at = case when f.recipient_id is null then d.changed_at else @now end
              from (select unnest(recipient_ids) as recipient_id from freed) c left join flying f using (recipient_id)
             where d.recipient_id = c.recipient_id
               and d.state in (0, 3) and d.due_at is null   -- without an outcome since it was claimed
            returning d.recipient_id, d.campaign_id, d.state, d.test_to is not null as is_test, f.recipient_id is not null as is_ambiguous
        ), told as (
            insert into delivery_event (recipient_id, kind, at, words)
            select recipient_id, 3, @now, 'the sender ended behind the final dot; sent again' from back where is_ambiguous
        ), moved as (
            select campaign_id, state, 1 as n from back where not is_test
            union all select campaign_id, 1::smallint, -1 from back where not is_test
            union all select campaign_id, 9::smallint, 1 from back where not is_test and is_ambiguous
        ), tallied as (
        """ + "\n" + Tally.Add + """

        )
        select count(*) as recipients, count(*) filter (where is_ambiguous) as ambiguous from back
        """;

    public async Task<long> TakeAsync(TenantId tenant, TimeSpan age, CancellationToken ct) =>
        await db.FindAsync<long>(tenant, Take, new { holder = holder.ToString(), age }, ct);

    /// <returns>False when the lease was lost.</returns>
    public async Task<bool> RenewAsync(TenantId tenant, long leaseId, TimeSpan age, CancellationToken ct) =>
        await db.RunAsync(tenant, Renew, new { leaseId, age }, ct) is 1;

    /// <summary>Frees what dead or silent processes held.</summary>
    /// <param name="own">Leases of this process that are in use.</param>
    public async Task<PutBackCounts> FreeAsync(TenantId tenant, IReadOnlyCollection<long> own, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        var leases = (await tx.ListAsync<LeaseRow>(Others, null, ct))
            .Where(row => !own.Contains(row.LeaseId) && (row.IsExpired || Holder.Read(row.Holder) is { } other && (holder.KnowsDead(other) || IsForgotten(other))))
            .Select(row => row.LeaseId).ToArray();
        if (leases.Length is 0) return default;
        return await PutBackAsync(tx, leases, ct);
    }

    /// <summary>Gives back a lease of our own, with all that hangs on it.</summary>
    public async Task EndAsync(TenantId tenant, long leaseId, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        await PutBackAsync(tx, [leaseId], ct);
    }

    private async Task<PutBackCounts> PutBackAsync(TenantTransaction tx, long[] leases, CancellationToken ct)
    {
        var counts = await tx.FindAsync<PutBackCounts>(PutBack, new { leases, now = time.GetUtcNow() }, ct);
        await tx.CommitAsync(ct);
        if (counts.Recipients > 0) LogPutBack(tx.Tenant, counts.Recipients, counts.Ambiguous);
        return counts;
    }

    /// <summary>A lease of our own that nobody here uses any more: giving it back failed.</summary>
    private bool IsForgotten(Holder other) => other == holder;

    [LoggerMessage(Level = LogLevel.Information, Message = "Tenant {Tenant}: {Recipients} recipients put back from a sender that is gone, {Ambiguous} of them ambiguous")]
    private partial void LogPutBack(TenantId tenant, long recipients, long ambiguous);

    private sealed record LeaseRow(long LeaseId, string Holder, bool IsExpired);
}

/// <param name="Ambiguous">Of them, those whose final dot may have been sent.</param>
internal readonly record struct PutBackCounts(long Recipients, long Ambiguous);
