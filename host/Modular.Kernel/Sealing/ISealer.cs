namespace Modular.Kernel.Sealing;

/// <summary>
/// Seals and opens a tenant's personal data and secrets: AES-256-GCM, a random 96-bit nonce, a key of its own for each tenant and purpose
/// (HKDF, RFC 5869), the key's version in front. What was sealed under one tenant, purpose or id opens under no other. Thread-safe.
/// </summary>
public interface ISealer
{
    /// <summary>Bytes that sealing adds: version 1, nonce 12, tag 16.</summary>
    const int Overhead = 1 + 12 + 16;

    /// <param name="purpose">A constant of the caller, such as <c>contact.profile</c>.</param>
    /// <param name="id">The row's id: bound to the ciphertext, so that a row's data cannot be moved to another row.</param>
    byte[] Seal(TenantId tenant, string purpose, long id, ReadOnlySpan<byte> plaintext);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The data is damaged, belongs elsewhere, or its key was shredded.</exception>
    byte[] Open(TenantId tenant, string purpose, long id, ReadOnlySpan<byte> sealedBytes);

    /// <summary>Opens into a buffer: for streams of many.</summary>
    int Open(TenantId tenant, string purpose, long id, ReadOnlySpan<byte> sealedBytes, Span<byte> plaintext);

    /// <summary>The blind index of an address.</summary>
    EmailIndex Index(TenantId tenant, EmailAddress address);

    /// <summary>The blind index of any other searchable value; <paramref name="column"/> keeps columns apart.</summary>
    Guid Index(TenantId tenant, string column, string value);

    /// <summary>A MAC over <paramref name="data"/> under the tenant's key for <paramref name="purpose"/>, cut to the length of <paramref name="mac"/> (8 to 32 bytes).</summary>
    void Mac(TenantId tenant, string purpose, ReadOnlySpan<byte> data, Span<byte> mac);

    /// <summary>Whether <paramref name="mac"/> is right, in constant time; false too for a tenant without keys.</summary>
    bool IsMac(TenantId tenant, string purpose, ReadOnlySpan<byte> data, ReadOnlySpan<byte> mac);

    /// <summary>Seals a secret of the installation itself (not a tenant's).</summary>
    /// <param name="id">The row's id, as in <see cref="Seal"/>; 0 where there is no row.</param>
    byte[] SealSystem(string purpose, ReadOnlySpan<byte> plaintext, long id = 0);

    /// <exception cref="System.Security.Cryptography.CryptographicException">The data is damaged, belongs elsewhere, or another master key sealed it.</exception>
    byte[] OpenSystem(string purpose, ReadOnlySpan<byte> sealedBytes, long id = 0);

    /// <summary>The blind index of a value that belongs to no tenant, such as a console user's sign-in name.</summary>
    Guid IndexSystem(string column, string value);

    /// <summary>As <see cref="Mac"/>, under the installation's key.</summary>
    void MacSystem(string purpose, ReadOnlySpan<byte> data, Span<byte> mac);
}
