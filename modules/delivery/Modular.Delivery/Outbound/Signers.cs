using System.Collections.Concurrent;
using Modular.Delivery.Domains;
using Modular.Mail.Dkim;

namespace Modular.Delivery.Outbound;

/// <summary>DKIM signers, made once for each sending domain and lent to one message at a time. A key that was changed or removed is noticed within a minute, a domain that was added at once.</summary>
internal sealed class Signers(SendingDomains domains, OwnSignature own, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    /// <summary>A sender may invent names below its domain.</summary>
    private const int MostKept = 10_000;

    private readonly ConcurrentDictionary<(TenantId, string), Kept> _kept = new();
    private volatile SignerPool? _own;

    /// <summary>The pool for mail from this address; null when the tenant may not send from it.</summary>
    public async ValueTask<SignerPool?> FindAsync(TenantId tenant, EmailAddress from, CancellationToken ct)
    {
        var name = (tenant, from.Domain);
        if (_kept.TryGetValue(name, out var kept) && time.GetElapsedTime(kept.Since) < Freshness) return kept.Pool;

        if (await domains.FindAsync(tenant, from, ct) is not { } found || await domains.FindKeysAsync(tenant, found.Domain, ct) is not { Count: > 0 } keys)
        {
            _kept.TryRemove(name, out _);
            return null;
        }
        var pool = PoolOf(found.Domain, await own.FindAsync(ct) is { } ours ? [.. keys, ours] : keys, kept?.Pool);
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[name] = new Kept(pool, time.GetTimestamp());
        return pool;
    }

    /// <summary>The pool for the suite's own letters from this address; null when nobody signs it.</summary>
    public async ValueTask<SignerPool?> FindForLetterAsync(TenantId tenant, EmailAddress from, CancellationToken ct)
    {
        if (await FindAsync(tenant, from, ct) is { } pool) return pool;
        return await own.FindAsync(ct) is { } ours ? _own = PoolOf(ours.Domain, [ours], _own) : null;
    }

    public void Dispose()
    {
        foreach (var kept in _kept.Values) kept.Pool.Dispose();
        _own?.Dispose();
    }

    private static SignerPool PoolOf(string domain, IReadOnlyList<DkimSigningKey> keys, SignerPool? kept) => kept is not null && kept.Is(keys) ? kept : new SignerPool(domain, keys);

    private sealed record Kept(SignerPool Pool, long Since);
}

/// <summary>Signers with the same keys: as many as messages are written at once.</summary>
internal sealed class SignerPool(string domain, IReadOnlyList<DkimSigningKey> keys) : IDisposable
{
    private readonly ConcurrentBag<DkimSigner> _idle = [];

    /// <summary>The sending domain that they sign for.</summary>
    public string Domain => domain;

    public bool Is(IReadOnlyList<DkimSigningKey> others) => keys.SequenceEqual(others);

    public DkimSigner Take() => _idle.TryTake(out var signer) ? signer : new DkimSigner(keys);

    public void Return(DkimSigner signer) => _idle.Add(signer);

    public void Dispose()
    {
        while (_idle.TryTake(out var signer)) signer.Dispose();
    }
}
