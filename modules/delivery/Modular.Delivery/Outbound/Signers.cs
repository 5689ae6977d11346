using System.Collections.Concurrent;
using Modular.Delivery.Domains;
using Modular.Mail.Dkim;

namespace Modular.Delivery.Outbound;

/// <summary>DKIM signers, made once for each sending domain and lent to one message at a time. A key that was changed or removed is noticed within a minute.</summary>
internal sealed class Signers(SendingDomains domains, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(TenantId, string), Kept> _kept = new();

    /// <summary>The pool for mail from this address; null when the tenant may not send from it.</summary>
    public async ValueTask<SignerPool?> FindAsync(TenantId tenant, EmailAddress from, CancellationToken ct)
    {
        var name = (tenant, from.Domain);
        if (_kept.TryGetValue(name, out var kept) && time.GetElapsedTime(kept.Since) < Freshness) return kept.Pool;

        var pool = await domains.FindAsync(tenant, from, ct) is { } found && await domains.FindKeysAsync(tenant, found.Domain, ct) is { Count: > 0 } keys
            ? kept?.Pool is { } same && same.Is(keys) ? same : new SignerPool(keys)
            : null;
        _kept[name] = new Kept(pool, time.GetTimestamp());
        return pool;
    }

    public void Dispose()
    {
        foreach (var kept in _kept.Values) kept.Pool?.Dispose();
    }

    private sealed record Kept(SignerPool? Pool, long Since);
}

/// <summary>Signers with the same keys: as many as messages are written at once.</summary>
internal sealed class SignerPool(IReadOnlyList<DkimSigningKey> keys) : IDisposable
{
    private readonly ConcurrentBag<DkimSigner> _idle = [];

    public bool Is(IReadOnlyList<DkimSigningKey> others) => keys.SequenceEqual(others);

    public DkimSigner Take() => _idle.TryTake(out var signer) ? signer : new DkimSigner(keys);

    public void Return(DkimSigner signer) => _idle.Add(signer);

    public void Dispose()
    {
        while (_idle.TryTake(out var signer)) signer.Dispose();
    }
}
