using System.Text;
using Modular.Kernel.Auditing;

namespace Modular.Compliance.Auditing;

/// <inheritdoc cref="IAudit"/>
internal sealed class AuditTrail(TenantDb db, ISealer sealer, TimeProvider time) : IAudit
{
    private const string Purpose = "compliance.audit.actor";

    private const string Append = """
        insert into audit (audit_id, at, actor_kind, actor_sealed, action, subject, detail)
        values (@Id, @At, @ActorKind, @ActorSealed, @Action, @Subject, @Detail)
        """;

    private const string ReadPage = """
        select audit_id, at, actor_sealed, action, subject, detail
          from audit
         where (@Action::text is null or action = @Action)
           and (@Before::bigint is null or audit_id < @Before)
         order by audit_id desc   -- ids rise with time
         limit @Count
        """;

    /// <summary>The few dozen actions there are, found by hopping from one to the next along the index, however long the trail is.</summary>
    private const string Actions = """
        with recursive seen as (
          (select action from audit order by action limit 1)
          union all
          select (select a.action from audit a where a.action > seen.action order by a.action limit 1) from seen where seen.action is not null
        )
        select action from seen where action is not null
        """;

    public async Task AppendAsync(TenantTransaction transaction, AuditEntry entry, CancellationToken ct)
    {
        var id = (await transaction.NextIdsAsync(1, ct))[0];
        await transaction.RunAsync(Append, new
        {
            Id = id,
            At = time.GetUtcNow(),
            ActorKind = entry.Actor.Split(':')[0],
            ActorSealed = sealer.Seal(transaction.Tenant, Purpose, id, Encoding.UTF8.GetBytes(entry.Actor)),
            entry.Action,
            entry.Subject,
            entry.Detail,
        }, ct);
    }

    /// <summary>The latest first.</summary>
    /// <param name="before">The last id of the page before; null for the first page.</param>
    public async Task<IReadOnlyList<AuditedDeed>> PageAsync(TenantId tenant, string? action, long? before, int count, CancellationToken ct) =>
        [.. (await db.ListAsync<Row>(tenant, ReadPage, new { Action = action, Before = before, Count = count }, ct)).Select(r =>
            new AuditedDeed(r.AuditId, r.At, Encoding.UTF8.GetString(sealer.Open(tenant, Purpose, r.AuditId, r.ActorSealed)), r.Action, r.Subject, r.Detail))];

    public Task<IReadOnlyList<string>> ActionsAsync(TenantId tenant, CancellationToken ct) => db.ListAsync<string>(tenant, Actions, null, ct);

    private sealed record Row(long AuditId, DateTimeOffset At, byte[] ActorSealed, string Action, string Subject, string? Detail);
}

/// <param name="Actor">As in <see cref="Caller.Actor"/>, opened.</param>
internal sealed record AuditedDeed(long Id, DateTimeOffset At, string Actor, string Action, string Subject, string? Detail);
