using Modular.Kernel.Auditing;
using Modular.Mail.Dkim;

namespace Modular.Delivery.Domains;

/// <inheritdoc cref="ISendingDomains"/>
internal sealed class SendingDomains(TenantDb db, DomainKeys keys, DomainStanding standing, IAudit audit, TimeProvider time) : ISendingDomains
{
    public const int MaxDomains = 100;

    private const string List = """
        select k.domain, k.selector, k.algorithm, k.record from sending_domain d join sending_domain_key k using (domain)
         where k.signs_since is not null and k.retired_at is null
         order by k.domain, k.key_id
        """;

    private const string Find = """
        select k.domain, k.selector, k.algorithm, k.record from sending_domain_key k
         where k.domain = (select domain from sending_domain where domain = any(@candidates) order by length(domain) desc limit 1)
           and k.signs_since is not null and k.retired_at is null
         order by k.key_id
        """;

    private const string Count = "select count(*) from sending_domain";

    private const string Add = "insert into sending_domain (domain, created_at) values (@domain, @now) on conflict (domain) do nothing";

    private const string Remove = """
        with keys as (delete from sending_domain_key where domain = @domain)
        delete from sending_domain where domain = @domain
        """;

    public async Task<IReadOnlyList<SendingDomain>> ListAsync(TenantId tenant, CancellationToken ct) => Read(await db.ListAsync<RecordRow>(tenant, List, null, ct));

    /// <summary>Those that the caller reaches. Whatever is done with a domain for somebody takes the caller and asks <see cref="DomainReach"/>.</summary>
    public async Task<IReadOnlyList<SendingDomain>> ListAsync(Caller caller, CancellationToken ct) => [.. (await ListAsync(caller.Tenant, ct)).Where(domain => caller.Reaches(domain.Domain))];

    /// <remarks>The domain itself, or the nearest one above it: relaxed alignment asks for no more (RFC 9989 §4.4).</remarks>
    public async Task<SendingDomain?> FindAsync(TenantId tenant, EmailAddress from, CancellationToken ct) =>
        Read(await db.ListAsync<RecordRow>(tenant, Find, new { candidates = WithParents(from.Domain) }, ct)) is [var found] ? found : null;

    public async Task<IReadOnlyList<string>> WhatDnsLacksAsync(TenantId tenant, EmailAddress from, CancellationToken ct) =>
        await FindAsync(tenant, from, ct) is { } signing ? await standing.WhatIsMissingAsync(tenant, signing.Domain, from, ct) : [];

    /// <summary>Makes its keys and says what DNS has to publish. A domain that is there already stays as it is.</summary>
    public async Task<Result<SendingDomain>> CreateAsync(Caller caller, string domain, CancellationToken ct)
    {
        if (caller.Limits.SendingDomains is not null) return new NotWithinLimits(LimitKinds.SendingDomains);   // it would be out of reach at once
        var tenant = caller.Tenant;
        if (!EmailAddress.TryParse("postmaster@" + domain.Trim(), out var probe, out _)) return new NoDomain(domain);
        var name = probe.Domain;
        var now = time.GetUtcNow();
        await using var tx = await db.BeginAsync(tenant, ct);
        if (await tx.FindAsync<long>(Count, null, ct) >= MaxDomains) return new TooManyDomains();
        if (await tx.RunAsync(Add, new { domain = name, now }, ct) is 0) return new DomainExists(name);

        var records = await keys.MakeAsync(tx, tenant, name, new HashSet<string>(), isNext: false, ct);
        await audit.AppendAsync(tx, new AuditEntry(caller.Actor, "sending-domain.created", "sending-domain/" + name), ct);
        await tx.CommitAsync(ct);
        return new SendingDomain(name, records);
    }

    public async Task<Result<bool>> RemoveAsync(Caller caller, string domain, CancellationToken ct)
    {
        if (!caller.Reaches(domain)) return new NotFound("sending domain");
        await using var tx = await db.BeginAsync(caller.Tenant, ct);
        if (await tx.RunAsync(Remove, new { domain }, ct) is 0) return new NotFound("sending domain");
        await audit.AppendAsync(tx, new AuditEntry(caller.Actor, "sending-domain.removed", "sending-domain/" + domain), ct);
        await tx.CommitAsync(ct);
        return true;
    }

    /// <summary>The keys of a domain in the order in which they sign; empty when it is gone.</summary>
    public Task<IReadOnlyList<DkimSigningKey>> FindKeysAsync(TenantId tenant, string domain, CancellationToken ct) => keys.OpenAsync(tenant, domain, isNext: false, ct);

    internal static string[] WithParents(string domain)
    {
        var labels = domain.Split('.');
        return [.. Enumerable.Range(0, Math.Max(1, labels.Length - 1)).Select(skip => string.Join('.', labels[skip..]))];
    }

    private static IReadOnlyList<SendingDomain> Read(IReadOnlyList<RecordRow> rows) =>
        [.. rows.GroupBy(row => row.Domain).Select(of => new SendingDomain(of.Key, [.. of.Select(row => new DkimRecord(row.Selector, row.Algorithm, row.Record))]))];

    private sealed record RecordRow(string Domain, string Selector, string Algorithm, string Record);
}
