namespace Modular.Kernel.Sealing;

/// <summary>
/// The keys, in files outside the database and outside its backups: one master key, and for each tenant its data keys (one per version), the root of its blind indexes
/// and MACs, and its database password, wrapped by the master key.
/// </summary>
public interface IKeyStore
{
    /// <summary>Makes the tenant's first data key, root and database password; durable before it returns. Does nothing when they exist.</summary>
    void Create(TenantId tenant);

    /// <summary>Whether the tenant has keys here.</summary>
    bool Has(TenantId tenant);

    /// <summary>All tenants that have keys.</summary>
    IReadOnlyList<TenantId> Tenants();

    /// <summary>The password of the tenant's login role.</summary>
    string DatabasePassword(TenantId tenant);

    /// <summary>
    /// 32 bytes of key material. The newest version seals; older ones still open. The same version is the same array for as long as it lives, so that what
    /// is derived from it can live exactly as long: ask again for each use, and keep no copy.
    /// </summary>
    /// <param name="version">1 to 255; 0 asks for the newest.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">There is no such key: it was shredded, dropped, or never here.</exception>
    (byte Version, byte[] Key) TenantKey(TenantId tenant, byte version = 0);

    /// <summary>What blind indexes and MACs are made from: never rotated, for an index that changed would find no one again. As lasting as <see cref="TenantKey"/>'s arrays.</summary>
    byte[] TenantRoot(TenantId tenant);

    /// <summary>The versions of the tenant's data key that there are, rising.</summary>
    IReadOnlyList<byte> Versions(TenantId tenant);

    /// <summary>The installation's own key. It has one version.</summary>
    (byte Version, byte[] Key) SystemKey(byte version = 0);

    /// <summary>Adds a new data key version that seals from now on; what older versions sealed still opens. Other processes seal with it within a second.</summary>
    byte Rotate(TenantId tenant);

    /// <summary>Forgets an old version of the data key, once nothing is sealed with it any more. The newest cannot be dropped.</summary>
    void Drop(TenantId tenant, byte version);

    /// <summary>
    /// Makes a new master key and wraps every key file with it, while others read them. Cut off at any point, all stays readable, and the next call or start goes on.
    /// </summary>
    /// <returns>How many files were wrapped anew.</returns>
    int RotateMaster();

    /// <summary>Destroys the tenant's keys: what they sealed, in the database or in any backup, can never be read again.</summary>
    void Shred(TenantId tenant);
}
