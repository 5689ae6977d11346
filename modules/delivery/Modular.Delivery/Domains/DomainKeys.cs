using System.Text;
using Modular.Mail.Dkim;

namespace Modular.Delivery.Domains;

/// <summary>The DKIM keys of sending domains: made, read, sealed where they are private.</summary>
internal sealed class DomainKeys(TenantDb db, ISealer sealer, TimeProvider time)
{
    public const string Purpose = "delivery.dkim";

    private const string List = """
        select key_id, domain, selector, algorithm, record, created_at, signs_since, retired_at from sending_domain_key
         where @domain::text is null or domain = @domain
         order by domain, key_id
        """;

    private const string FindPrivate = """
        select selector, key_id, private_key from sending_domain_key
         where domain = @domain and retired_at is null and (signs_since is null) = @isNext
         order by key_id
        """;

    private const string Add = """
        insert into sending_domain_key (key_id, domain, selector, algorithm, record, private_key, created_at, signs_since)
        values (@keyId, @domain, @selector, @algorithm, @record, @sealedKey, @now, case when @isNext then null else @now end)
        """;

    /// <summary>Of one domain, or of all, in the order in which they sign.</summary>
    public Task<IReadOnlyList<DomainKey>> ListAsync(TenantId tenant, string? domain, CancellationToken ct) => db.ListAsync<DomainKey>(tenant, List, new { domain }, ct);

    /// <summary>For somebody: empty too where the domain is out of their reach.</summary>
    public async Task<IReadOnlyList<DomainKey>> ListAsync(Caller caller, string domain, CancellationToken ct) => caller.Reaches(domain) ? await ListAsync(caller.Tenant, domain, ct) : [];

    /// <summary>What signs now, in the order in which it does; with <paramref name="isNext"/> what is to sign next.</summary>
    public async Task<IReadOnlyList<DkimSigningKey>> OpenAsync(TenantId tenant, string domain, bool isNext, CancellationToken ct) =>
    [
        .. (await db.ListAsync<PrivateRow>(tenant, FindPrivate, new { domain, isNext }, ct))
            .Select(row => new DkimSigningKey(domain, row.Selector, Encoding.UTF8.GetString(sealer.Open(tenant, Purpose, row.KeyId, row.PrivateKey)))),
    ];

    /// <summary>RSA for everybody and Ed25519 beside it for those who read it (RFC 8463 §3), where it is to be had.</summary>
    /// <param name="taken">Selectors that may not come again: DNS still has their records.</param>
    public async Task<IReadOnlyList<DkimRecord>> MakeAsync(TenantTransaction tx, TenantId tenant, string domain, IReadOnlySet<string> taken, bool isNext, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var name = Selector(now, taken);
        List<(DkimSignatureAlgorithm Algorithm, string Word, string Selector)> wanted = [(DkimSignatureAlgorithm.RsaSha256, "rsa-sha256", name)];
        if (DkimKey.WhyNoEd25519 is null) wanted.Add((DkimSignatureAlgorithm.Ed25519Sha256, "ed25519-sha256", name + "e"));
        var records = new List<DkimRecord>();
        foreach (var (algorithm, word, selector) in wanted)
        {
            var key = DkimKey.Generate(algorithm);
            var keyId = (await tx.NextIdsAsync(1, ct))[0];
            var sealedKey = sealer.Seal(tenant, Purpose, keyId, Encoding.UTF8.GetBytes(key.PrivateKeyPem));
            await tx.RunAsync(Add, new { keyId, domain, selector, algorithm = word, record = key.DnsText, sealedKey, now, isNext }, ct);
            records.Add(new DkimRecord(selector, word, key.DnsText));
        }
        return records;
    }

    /// <summary>By the month, and within it by a number.</summary>
    private static string Selector(DateTimeOffset now, IReadOnlySet<string> taken)
    {
        var month = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"m{now:yyyyMM}");
        return Enumerable.Range(1, taken.Count + 1).Select(n => n is 1 ? month : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{month}-{n}")).First(name => !taken.Contains(name));
    }

    private sealed record PrivateRow(string Selector, long KeyId, byte[] PrivateKey);
}

/// <param name="SignsSince">Null while it is only published.</param>
/// <param name="RetiredAt">Null until its successor signs.</param>
internal sealed record DomainKey(long KeyId, string Domain, string Selector, string Algorithm, string Record, DateTimeOffset CreatedAt, DateTimeOffset? SignsSince, DateTimeOffset? RetiredAt)
{
    public string Name => $"{Selector}._domainkey.{Domain}";

    public DomainKeyState State => this switch
    {
        { RetiredAt: not null } => DomainKeyState.Retired,
        { SignsSince: null } => DomainKeyState.Next,
        _ => DomainKeyState.Signing,
    };

    /// <summary>Until when DNS has to say it; null while it signs or is to.</summary>
    public DateTimeOffset? PublishedUntil => RetiredAt + DkimRotation.Overlap;
}

internal enum DomainKeyState
{
    Next,
    Signing,
    Retired,
}
