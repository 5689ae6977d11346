using System.Collections.Frozen;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Quotas;

/// <inheritdoc cref="IQuotas"/>
/// <remarks>All limits are read together, every <see cref="TenantBook.Freshness"/>: a tenant without any costs nothing.</remarks>
internal sealed class QuotaBook(SystemDb db, TenantBook book, IInstallationAudit audit, TimeProvider time) : IQuotas, IDisposable
{
    private const string ReadAll = "select tenant_id as tenant, contacts, mails_per_day, storage_bytes, users from tenancy.quota";

    private const string Set = """
        insert into tenancy.quota (tenant_id, contacts, mails_per_day, storage_bytes, users, changed_at)
        values (@Tenant, @Contacts, @MailsPerDay, @StorageBytes, @Users, @Now)
        on conflict (tenant_id) do update
           set contacts = excluded.contacts, mails_per_day = excluded.mails_per_day, storage_bytes = excluded.storage_bytes, users = excluded.users, changed_at = excluded.changed_at
        """;

    private const string OpenDay = "insert into tenancy.mail_day (tenant_id, day) values (@Tenant, @Day) on conflict do nothing";

    /// <summary>Two processes that take at once wait for each other here, so that together they take no more than there is.</summary>
    private const string Take = """
        update tenancy.mail_day d
           set taken = d.taken + s.granted
          from (select greatest(0, least(@Wanted, @Limit - taken)) as granted from tenancy.mail_day where tenant_id = @Tenant and day = @Day for update) s
         where d.tenant_id = @Tenant
           and d.day = @Day
        returning s.granted::int
        """;

    private const string GiveBack = "update tenancy.mail_day set taken = greatest(0, taken - @Unused) where tenant_id = @Tenant and day = @Day";

    private const string Taken = "select taken from tenancy.mail_day where tenant_id = @Tenant and day = @Day";

    private readonly SemaphoreSlim _reading = new(1);
    private volatile Edition? _edition;

    public async ValueTask<Quota> FindAsync(TenantId tenant, CancellationToken ct)
    {
        if (_edition is { } fresh && time.GetElapsedTime(fresh.ReadAt) < TenantBook.Freshness) return fresh.Of(tenant);
        await _reading.WaitAsync(ct);
        try
        {
            if (_edition is { } read && time.GetElapsedTime(read.ReadAt) < TenantBook.Freshness) return read.Of(tenant);
            var at = time.GetTimestamp();
            var rows = await db.ListAsync<Row>(ReadAll, null, ct);
            return (_edition = new Edition(rows.ToFrozenDictionary(r => r.Tenant, r => new Quota(r.Contacts, r.MailsPerDay, r.StorageBytes, r.Users)), at)).Of(tenant);
        }
        finally
        {
            _reading.Release();
        }
    }

    public async ValueTask<int> TakeMailsAsync(TenantId tenant, int wanted, CancellationToken ct)
    {
        if (wanted <= 0 || (await FindAsync(tenant, ct)).MailsPerDay is not { } limit) return wanted;
        var day = new { Tenant = tenant, Day = Today, Wanted = (long)wanted, Limit = limit };
        await db.RunAsync(OpenDay, day, ct);
        return await db.FindAsync<int>(Take, day, ct);
    }

    public async ValueTask GiveMailsBackAsync(TenantId tenant, int unused, CancellationToken ct)
    {
        if (unused <= 0 || (await FindAsync(tenant, ct)).MailsPerDay is null) return;
        await db.RunAsync(GiveBack, new { Tenant = tenant, Day = Today, Unused = unused }, ct);
    }

    /// <summary>Mails begun today; counted only where there is a limit.</summary>
    public Task<long> MailsTodayAsync(TenantId tenant, CancellationToken ct) => db.FindAsync<long>(Taken, new { Tenant = tenant, Day = Today }, ct);

    public async Task<Result<Quota>> SetAsync(string slug, Quota quota, string actor, CancellationToken ct)
    {
        if (await book.FindAsync(slug, ct) is not { } tenant) return new UnknownTenant(slug);
        if (quota.Contacts < 0 || quota.MailsPerDay < 0 || quota.StorageBytes < 0 || quota.Users < 0) return new BadQuota();
        var before = await FindAsync(tenant.Id, ct);
        await using (var tx = await db.BeginAsync(ct))
        {
            await tx.RunAsync(Set, new { Tenant = tenant.Id, quota.Contacts, quota.MailsPerDay, quota.StorageBytes, quota.Users, Now = time.GetUtcNow() }, ct);
            await audit.AppendAsync(tx, new AuditEntry(actor, "quota.changed", "tenant/" + tenant.Id, slug) { Before = before.ToString(), After = quota.ToString() }, ct);
            await tx.CommitAsync(ct);
        }
        _edition = null;
        return quota;
    }

    public void Dispose() => _reading.Dispose();

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private sealed record Row(TenantId Tenant, long? Contacts, long? MailsPerDay, long? StorageBytes, long? Users);

    private sealed class Edition(FrozenDictionary<TenantId, Quota> all, long readAt)
    {
        public long ReadAt => readAt;

        public Quota Of(TenantId tenant) => all.GetValueOrDefault(tenant, Quota.None);
    }
}

internal sealed record BadQuota() : Fault("A quota is a whole number from 0 on, or nothing for no limit.");
