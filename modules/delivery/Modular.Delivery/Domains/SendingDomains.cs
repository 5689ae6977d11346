using System.Text;
using Modular.Kernel.Auditing;
using Modular.Mail.Dkim;

namespace Modular.Delivery.Domains;

/// <inheritdoc cref="ISendingDomains"/>
internal sealed class SendingDomains(TenantDb db, ISealer sealer, IAudit audit, TimeProvider time) : ISendingDomains
{
    public const int MaxDomains = 100;

    private const string Purpose = "delivery.dkim";

    private const string List = "select domain, selector as dkim_selector, dkim_record from sending_domain order by domain";

    private const string Find = """
        select domain, selector as dkim_selector, dkim_record from sending_domain
         where domain = any(@candidates) order by length(domain) desc limit 1
        """;

    private const string FindKey = "select selector, key_id, dkim_key from sending_domain where domain = @domain";

    private const string Count = "select count(*) from sending_domain";

    private const string Add = """
        insert into sending_domain (domain, selector, dkim_record, key_id, dkim_key, created_at)
        values (@Domain, @DkimSelector, @DkimRecord, @keyId, @sealedKey, @now) on conflict (domain) do nothing
        """;

    private const string Remove = "delete from sending_domain where domain = @domain";

    public Task<IReadOnlyList<SendingDomain>> ListAsync(TenantId tenant, CancellationToken ct) => db.ListAsync<SendingDomain>(tenant, List, null, ct);

    /// <remarks>The domain itself, or the nearest one above it: relaxed alignment asks for no more (RFC 9989).</remarks>
    public Task<SendingDomain?> FindAsync(TenantId tenant, EmailAddress from, CancellationToken ct) =>
        db.FindAsync<SendingDomain>(tenant, Find, new { candidates = WithParents(from.Domain) }, ct);

    /// <summary>Makes a key and says what DNS has to publish. A domain that is there already stays as it is.</summary>
    public async Task<Result<SendingDomain>> CreateAsync(TenantId tenant, string domain, string actor, CancellationToken ct)
    {
        if (!EmailAddress.TryParse("postmaster@" + domain.Trim(), out var probe, out _)) return new NoDomain(domain);
        await using var tx = await db.BeginAsync(tenant, ct);
        if (await tx.FindAsync<long>(Count, null, ct) >= MaxDomains) return new TooManyDomains();

        var key = DkimKey.Generate();
        var keyId = (await tx.NextIdsAsync(1, ct))[0];
        var made = new SendingDomain(probe.Domain, $"m{time.GetUtcNow():yyyyMM}", key.DnsText);
        var sealedKey = sealer.Seal(tenant, Purpose, keyId, Encoding.UTF8.GetBytes(key.PrivateKeyPem));
        if (await tx.RunAsync(Add, new { made.Domain, made.DkimSelector, made.DkimRecord, keyId, sealedKey, now = time.GetUtcNow() }, ct) is 0) return new DomainExists(probe.Domain);
        await audit.AppendAsync(tx, new AuditEntry(actor, "sending-domain.created", "sending-domain/" + made.Domain), ct);
        await tx.CommitAsync(ct);
        return made;
    }

    public async Task<Result<bool>> RemoveAsync(TenantId tenant, string domain, string actor, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        if (await tx.RunAsync(Remove, new { domain }, ct) is 0) return new NotFound("sending domain");
        await audit.AppendAsync(tx, new AuditEntry(actor, "sending-domain.removed", "sending-domain/" + domain), ct);
        await tx.CommitAsync(ct);
        return true;
    }

    /// <summary>The selector and private key of a domain; null when it is gone.</summary>
    public async Task<(string Selector, string PrivateKeyPem)?> FindKeyAsync(TenantId tenant, string domain, CancellationToken ct) =>
        await db.FindAsync<KeyRow>(tenant, FindKey, new { domain }, ct) is { } row
            ? (row.Selector, Encoding.UTF8.GetString(sealer.Open(tenant, Purpose, row.KeyId, row.DkimKey)))
            : null;

    internal static string[] WithParents(string domain)
    {
        var labels = domain.Split('.');
        return [.. Enumerable.Range(0, Math.Max(1, labels.Length - 1)).Select(skip => string.Join('.', labels[skip..]))];
    }

    private sealed record KeyRow(string Selector, long KeyId, byte[] DkimKey);
}
