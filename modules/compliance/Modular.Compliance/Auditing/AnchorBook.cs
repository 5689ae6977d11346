using System.Security.Cryptography;

namespace Modular.Compliance.Auditing;

/// <summary>The newest row of each trail that was known to be whole, kept where no tenant's login reaches and signed by the installation.</summary>
internal sealed class AnchorBook(SystemDb db, TrailKeys keys, TimeProvider time)
{
    private const string Find = "select seq, hash, mac from compliance.audit_anchor where trail = @Trail";

    private const string Put = """
        insert into compliance.audit_anchor (trail, seq, hash, at, mac)
        values (@Trail, @Seq, @Hash, @Now, @Mac)
        on conflict (trail) do update set seq = excluded.seq, hash = excluded.hash, at = excluded.at, mac = excluded.mac
         where audit_anchor.seq < excluded.seq   -- several processes anchor; the trail only grows
        """;

    public async Task<Anchor?> FindAsync(Trail trail, CancellationToken ct) =>
        await db.FindAsync<Row>(Find, new { Trail = trail.Number }, ct) is { } row ? new Anchor(new TrailHead(row.Seq, row.Hash), row.Mac) : null;

    public Task PutAsync(Trail trail, TrailHead head, CancellationToken ct) =>
        db.RunAsync(Put, new { Trail = trail.Number, head.Seq, head.Hash, Now = time.GetUtcNow(), Mac = keys.AnchorMac(trail, head.Seq, head.Hash) }, ct);

    private sealed record Row(long Seq, byte[] Hash, byte[] Mac);
}

internal sealed record Anchor(TrailHead Head, byte[] Mac)
{
    public bool IsGenuine(TrailKeys keys, Trail trail) => CryptographicOperations.FixedTimeEquals(keys.AnchorMac(trail, Head.Seq, Head.Hash), Mac);
}
