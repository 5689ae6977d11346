namespace Modular.Kernel.Sealing;

/// <summary>
/// The keys, in files outside the database and outside its backups: one master key, and for each tenant its data keys (one per version) and its
/// database password, wrapped by the master key.
/// </summary>
public interface IKeyStore
{
    /// <summary>Makes the tenant's first data key and database password; durable before it returns. Does nothing when they exist.</summary>
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
    /// <exception cref="System.Security.Cryptography.CryptographicException">There is no such key: it was shredded, or never here.</exception>
    (byte Version, byte[] Key) TenantKey(TenantId tenant, byte version = 0);

    /// <summary>The installation's own key, derived from the master key.</summary>
    (byte Version, byte[] Key) SystemKey(byte version = 0);

    /// <summary>Adds a new data key version that seals from now on; what older versions sealed still opens.</summary>
    byte Rotate(TenantId tenant);

    /// <summary>Destroys the tenant's keys: what they sealed, in the database or in any backup, can never be read again.</summary>
    void Shred(TenantId tenant);
}
