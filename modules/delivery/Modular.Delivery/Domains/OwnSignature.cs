using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Modular.Mail.Dkim;

namespace Modular.Delivery.Domains;

/// <summary>
/// The signature that the installation sets beside its tenants', where <c>Delivery:SigningDomain</c> names a domain of its own: feedback loops and receivers then know the sender's
/// provider, whichever tenant writes. The key is made once, by whichever process is first.
/// </summary>
internal sealed class OwnSignature(SystemDb db, ISealer sealer, IOptions<DeliverySettings> settings, TimeProvider time)
{
    public const string Purpose = "delivery.own-dkim";

    private const string Find = "select key_id, selector, record, private_key from delivery.own_key where domain = @domain";

    private const string NextId = "select nextval(pg_get_serial_sequence('delivery.own_key', 'key_id'))";

    private const string Add = """
        insert into delivery.own_key (key_id, domain, selector, record, private_key, created_at)
        values (@keyId, @domain, @selector, @record, @sealedKey, @now)
        on conflict (domain) do nothing
        """;

    private volatile Kept? _kept;

    /// <summary>Null where no domain is named.</summary>
    public async ValueTask<DkimSigningKey?> FindAsync(CancellationToken ct) => (await KeepAsync(ct))?.Key;

    /// <summary>What DNS has to publish; null where no domain is named.</summary>
    public async ValueTask<(string Domain, DkimRecord Record)?> RecordAsync(CancellationToken ct) => await KeepAsync(ct) is { } kept ? (kept.Key.Domain, kept.Record) : null;

    private async ValueTask<Kept?> KeepAsync(CancellationToken ct)
    {
        if (_kept is { } known) return known;
        if (settings.Value.SigningDomain is not { Length: > 0 } named) return null;
        if (!EmailAddress.TryParse("postmaster@" + named, out var probe, out _)) throw new InvalidOperationException($"Delivery:SigningDomain is '{named}', which is no domain name.");
        var domain = probe.Domain;
        if (await db.FindAsync<Row>(Find, new { domain }, ct) is not { } row)
        {
            var (key, now) = (DkimKey.Generate(), time.GetUtcNow());
            var keyId = await db.FindAsync<long>(NextId, null, ct);
            var sealedKey = sealer.SealSystem(Purpose, Encoding.UTF8.GetBytes(key.PrivateKeyPem), keyId);
            await db.RunAsync(Add, new { keyId, domain, selector = string.Create(CultureInfo.InvariantCulture, $"m{now:yyyyMM}"), record = key.DnsText, sealedKey, now }, ct);
            row = await db.FindAsync<Row>(Find, new { domain }, ct) ?? throw new InvalidOperationException("The installation's signing key was deleted as it was made.");
        }
        return _kept = new Kept(new DkimSigningKey(domain, row.Selector, Encoding.UTF8.GetString(sealer.OpenSystem(Purpose, row.PrivateKey, row.KeyId))), new DkimRecord(row.Selector, "rsa-sha256", row.Record));
    }

    private sealed record Row(long KeyId, string Selector, string Record, byte[] PrivateKey);

    private sealed record Kept(DkimSigningKey Key, DkimRecord Record);
}
