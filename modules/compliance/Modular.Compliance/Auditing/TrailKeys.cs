using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Modular.Compliance.Auditing;

/// <summary>Seals, opens and signs for a trail, under the keys of whom it belongs to.</summary>
internal sealed class TrailKeys(ISealer sealer)
{
    public const string Purpose = "compliance.audit";
    public const int MacBytes = 16;

    private const string CommitmentPurpose = "compliance.audit.content";
    private const string AnchorPurpose = "compliance.audit.anchor";
    private const string ActorColumn = "audit.actor";
    private const string AddressColumn = "audit.address";

    public byte[] Seal(Trail trail, long seq, byte[] content) =>
        trail.Tenant is { } tenant ? sealer.Seal(tenant, Purpose, seq, content) : sealer.SealSystem(Purpose, content, seq);

    /// <exception cref="CryptographicException">It is damaged, belongs elsewhere, or its key was shredded.</exception>
    public byte[] Open(Trail trail, long seq, byte[] content) =>
        trail.Tenant is { } tenant ? sealer.Open(tenant, Purpose, seq, content) : sealer.OpenSystem(Purpose, content, seq);

    /// <summary>Binds a row to what is sealed in it without saying anything about it, and stays the same when it is sealed anew.</summary>
    public byte[] Commitment(Trail trail, long seq, byte[] content)
    {
        var bound = new byte[8 + content.Length];
        BinaryPrimitives.WriteInt64BigEndian(bound, seq);
        content.CopyTo(bound, 8);
        return Mac(trail, CommitmentPurpose, bound);
    }

    public byte[] Mac(Trail trail, byte[] hash) => Mac(trail, Purpose, hash);

    /// <summary>Under the installation's key, whosesoever the trail is.</summary>
    public byte[] AnchorMac(Trail trail, long seq, byte[] hash)
    {
        var data = new byte[16 + hash.Length];
        BinaryPrimitives.WriteInt64BigEndian(data, trail.Number);
        BinaryPrimitives.WriteInt64BigEndian(data.AsSpan(8), seq);
        hash.CopyTo(data, 16);
        return Mac(Trail.Installation, AnchorPurpose, data);
    }

    public Guid ActorIndex(Trail trail, string actor) => Index(trail, ActorColumn, actor.ToLowerInvariant());

    public Guid AddressIndex(Trail trail, string address) => Index(trail, AddressColumn, address);

    private byte[] Mac(Trail trail, string purpose, byte[] data)
    {
        var mac = new byte[MacBytes];
        if (trail.Tenant is { } tenant) sealer.Mac(tenant, purpose, data, mac);
        else sealer.MacSystem(purpose, data, mac);
        return mac;
    }

    private Guid Index(Trail trail, string column, string value) =>
        trail.Tenant is { } tenant ? sealer.Index(tenant, column, value) : sealer.IndexSystem(column, value);
}
