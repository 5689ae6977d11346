using System.Globalization;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Keys;

/// <summary>
/// Gives a tenant a new data key and has everything sealed with it, while the tenant works on. Four phases: <c>sealing</c> walks every declared column and the files once;
/// <c>writers</c> waits for whoever may still store what an older key sealed; <c>checking</c> walks again and must find nothing; <c>readers</c> waits for those who may
/// still be opening what was there before. Then the older keys retire: they are destroyed when no backup that needs them is kept any more.
/// </summary>
internal sealed class KeyRotation(
    SystemDb db, IKeyStore keys, IResealing resealing, IEnumerable<SealedColumn> columns, IEnumerable<ISealedFiles> files, TenantBook book, Deeds deeds, IInstallationAudit installation, TimeProvider time)
{
    /// <summary>Every process seals with the new key by then.</summary>
    public static readonly TimeSpan KnownEverywhere = 2 * FileKeyStore.Freshness;

    /// <summary>What was sealed is stored, and what was read is opened, by then, even if its transaction ended in between.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>A process that has died loses its turn after this.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>Twelve monthly backups and a month to notice: how long a retired key can still be needed.</summary>
    public static readonly TimeSpan Retirement = TimeSpan.FromDays(400);

    private const string Begin = """
        insert into tenancy.key_rotation (tenant_id, version, is_forgetting, started_at, phase)
        values (@Tenant, @Version, @IsForgetting, @Now, 'sealing')
        on conflict (tenant_id) do update
           set version = excluded.version, is_forgetting = excluded.is_forgetting, started_at = excluded.started_at, phase = 'sealing', column_index = 0, cursor = 0,
               resealed = 0, found = 0, unreadable = 0, mark = null, marked_at = null, finished_at = null, leased_by = null, leased_until = null
         where key_rotation.finished_at is not null
        """;

    private const string Fields = """
        tenant_id as tenant, version, is_forgetting, started_at, phase, column_index, cursor, resealed, found, unreadable, marked_at, array_to_string(mark, ' ') as mark, finished_at
        """;

    private const string All = $"select {Fields} from tenancy.key_rotation order by started_at";

    /// <summary>One process at a time; it keeps its turn as long as it moves.</summary>
    private const string TakeTurn = $"""
        update tenancy.key_rotation
           set leased_by = @Me, leased_until = @Until
         where tenant_id = @Tenant
           and finished_at is null
           and (leased_by = @Me or leased_until is null or leased_until < @Now)
        returning {Fields}
        """;

    private const string Move = """
        update tenancy.key_rotation
           set phase = @Phase, column_index = @ColumnIndex, cursor = @Cursor, resealed = @Resealed, found = @Found, unreadable = @Unreadable,
               marked_at = @MarkedAt, mark = string_to_array(@Mark, ' '), finished_at = @FinishedAt
         where tenant_id = @Tenant
           and leased_by = @Me
        """;

    private const string Retire = """
        insert into tenancy.retired_key (tenant_id, version, drop_at)
        select @Tenant, unnest(@Versions), @DropAt
        on conflict do nothing
        """;

    private const string Due = "select tenant_id as tenant, version from tenancy.retired_key where drop_at <= @Now limit 100";

    private const string Forget = "delete from tenancy.retired_key where tenant_id = @Tenant and version = any(@Versions)";

    private readonly Guid _me = Guid.NewGuid();

    private readonly IReadOnlyList<SealedColumn> _columns = [.. columns.Where(c => c.IsTenants).OrderBy(c => c.ToString(), StringComparer.Ordinal)];

    public IReadOnlyList<SealedColumn> Columns => _columns;

    /// <summary>Rows that one statement looks at.</summary>
    public int BatchRows { get; init; } = 500;

    /// <summary>From its return on new data is sealed with the new key; what is there follows in the background.</summary>
    /// <param name="isForgetting">Destroy the older keys as soon as the database is done with them, as after a leak; backups from before can then not be read.</param>
    public async Task<Result<byte>> StartAsync(string slug, bool isForgetting, string actor, CancellationToken ct)
    {
        if (await book.FindAsync(slug, ct) is not { } tenant) return new UnknownTenant(slug);
        if (tenant.State is TenantState.Shredded) return new KeysGone(slug);
        if ((await ListAsync(ct)).Any(r => r.Tenant == tenant.Id && r.FinishedAt is null)) return new RotationRunning(slug);
        // The key first: a crash in between leaves a key that seals already, and the next call adds the walk.
        var version = keys.Rotate(tenant.Id);
        if (await db.RunAsync(Begin, new { Tenant = tenant.Id, Version = (short)version, IsForgetting = isForgetting, Now = time.GetUtcNow() }, ct) == 0) return new RotationRunning(slug);
        await RecordAsync(tenant.Id, actor, "data-key.rotated", $"version {version}{(isForgetting ? ", older ones to be destroyed at once" : "")}", ct);
        return version;
    }

    public Task<IReadOnlyList<RotationState>> ListAsync(CancellationToken ct) => db.ListAsync<RotationState>(All, null, ct);

    /// <summary>One step of one tenant's rotation.</summary>
    /// <returns>Whether there is more to do right away.</returns>
    public async Task<bool> StepAsync(TenantId tenant, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (await db.FindAsync<RotationState>(TakeTurn, new { Tenant = tenant, Me = _me, Now = now, Until = now + Lease }, ct) is not { } state) return false;
        var next = state.Phase switch
        {
            "sealing" or "checking" => await WalkAsync(state, now, ct),
            "writers" when await IsPastAsync(state, now, ct) => state with { Phase = "checking", ColumnIndex = 0, Cursor = 0, Found = 0, Unreadable = 0 },
            "readers" when await IsPastAsync(state, now, ct) => await FinishAsync(state, now, ct),
            _ => null,   // others are still at work
        };
        if (next is null) return false;
        await db.RunAsync(Move, new
        {
            next.Phase,
            next.ColumnIndex,
            next.Cursor,
            next.Resealed,
            next.Found,
            next.Unreadable,
            next.MarkedAt,
            next.Mark,
            next.FinishedAt,
            Tenant = tenant,
            Me = _me,
        }, ct);
        return next.FinishedAt is null;
    }

    /// <summary>Destroys the keys whose retirement is over.</summary>
    public async Task DropDueAsync(CancellationToken ct)
    {
        foreach (var due in (await db.ListAsync<DueKey>(Due, new { Now = time.GetUtcNow() }, ct)).GroupBy(d => d.Tenant))
            await DropAsync(due.Key, [.. due.Select(d => (byte)d.Version).Order()], "their retirement is over", ct);
    }

    private async Task<RotationState?> WalkAsync(RotationState state, DateTimeOffset now, CancellationToken ct)
    {
        if (state.ColumnIndex < _columns.Count)
        {
            var batch = await resealing.ResealAsync(state.Tenant, _columns[state.ColumnIndex], state.Cursor, BatchRows, ct);
            KeyMetrics.Resealed(batch.Found);
            return state with
            {
                ColumnIndex = batch.GoOnAfter is null ? state.ColumnIndex + 1 : state.ColumnIndex,
                Cursor = batch.GoOnAfter ?? 0,
                Resealed = state.Resealed + batch.Found,
                Found = state.Found + batch.Found,
                Unreadable = state.Unreadable + batch.Unreadable,
            };
        }
        if (now < state.StartedAt + KnownEverywhere) return null;   // whoever writes now may not know the key yet, so there is nobody to wait for yet
        foreach (var renewed in files.Select(kept => kept.Renew(state.Tenant, ct)))
            state = state with { Resealed = state.Resealed + renewed.Found, Found = state.Found + renewed.Found, Unreadable = state.Unreadable + renewed.Unreadable };
        return state with { Phase = state.Phase == "checking" && state.Found == 0 ? "readers" : "writers", Mark = string.Join(' ', await resealing.AtWorkAsync(ct)), MarkedAt = now };
    }

    private async Task<bool> IsPastAsync(RotationState state, DateTimeOffset now, CancellationToken ct) =>
        now >= state.MarkedAt + Grace && !(await resealing.AtWorkAsync(ct)).Intersect((state.Mark ?? "").Split(' '), StringComparer.Ordinal).Any();

    private async Task<RotationState> FinishAsync(RotationState state, DateTimeOffset now, CancellationToken ct)
    {
        var old = keys.Versions(state.Tenant).Where(v => v < state.Version).ToArray();
        if (state.Unreadable > 0)
            await RecordAsync(state.Tenant, "system", "data-key.kept", $"versions {Words(old)}; {state.Unreadable} values could not be opened, so they may still be needed", ct);
        else if (state.IsForgetting)
            await DropAsync(state.Tenant, old, $"{state.Resealed} values sealed anew", ct);
        else
        {
            await db.RunAsync(Retire, new { state.Tenant, Versions = old.Select(v => (short)v).ToArray(), DropAt = now + Retirement }, ct);
            await RecordAsync(state.Tenant, "system", "data-key.retired", string.Create(CultureInfo.InvariantCulture, $"versions {Words(old)} until {now + Retirement:yyyy-MM-dd}; {state.Resealed} values sealed anew"), ct);
        }
        return state with { Phase = "done", FinishedAt = now };
    }

    private async Task DropAsync(TenantId tenant, byte[] versions, string why, CancellationToken ct)
    {
        if (versions.Length == 0) return;   // a crash came after it was done
        foreach (var version in versions) keys.Drop(tenant, version);
        await db.RunAsync(Forget, new { Tenant = tenant, Versions = versions.Select(v => (short)v).ToArray() }, ct);
        await RecordAsync(tenant, "system", "data-key.destroyed", $"versions {Words(versions)}; {why}", ct);
    }

    private static string Words(IEnumerable<byte> versions) => string.Join(", ", versions);

    /// <summary>In the tenant's own trail, and for the operators in the installation's.</summary>
    private async Task RecordAsync(TenantId tenant, string actor, string action, string detail, CancellationToken ct)
    {
        var entry = new AuditEntry(actor, action, "tenant/" + tenant, detail);
        await deeds.RecordAsync(tenant, entry, ct);
        await installation.RecordAsync(entry, ct);
    }

    private sealed record DueKey(TenantId Tenant, short Version);
}
