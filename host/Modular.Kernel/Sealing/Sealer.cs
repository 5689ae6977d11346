using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Modular.Kernel.Sealing;

/// <inheritdoc cref="ISealer"/>
/// <remarks>
/// Keys are derived once for each master key and purpose, and hang on the master key itself: when the store lets go of it (shredding), so do they.
/// Cipher objects are not thread-safe, so each key keeps a small bag of them, as many as were ever in use at once.
/// </remarks>
public sealed class Sealer(IKeyStore keys) : ISealer
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    /// <summary>The system's own keys live under no tenant; no tenant's id can be this one, for ids are not negative.</summary>
    private const long SystemOwner = -1;

    private readonly ConditionalWeakTable<byte[], ConcurrentDictionary<string, PurposeKey>> _derived = [];

    public byte[] Seal(TenantId tenant, string purpose, long id, ReadOnlySpan<byte> plaintext) =>
        Seal(KeyOf(tenant.Value, purpose), tenant.Value, id, plaintext);

    public byte[] Open(TenantId tenant, string purpose, long id, ReadOnlySpan<byte> sealedBytes)
    {
        var plaintext = new byte[PlainLength(sealedBytes)];
        Open(tenant, purpose, id, sealedBytes, plaintext);
        return plaintext;
    }

    public int Open(TenantId tenant, string purpose, long id, ReadOnlySpan<byte> sealedBytes, Span<byte> plaintext) =>
        Open(KeyOf(tenant.Value, purpose, VersionOf(sealedBytes)), tenant.Value, id, sealedBytes, plaintext);

    public EmailIndex Index(TenantId tenant, EmailAddress address) => new(Index(tenant, "email", address.Key));

    public Guid Index(TenantId tenant, string column, string value) => Index(tenant.Value, column, value);

    public void Mac(TenantId tenant, string purpose, ReadOnlySpan<byte> data, Span<byte> mac) => Mac(tenant.Value, purpose, data, mac);

    public bool IsMac(TenantId tenant, string purpose, ReadOnlySpan<byte> data, ReadOnlySpan<byte> mac)
    {
        if (mac.Length is < 8 or > KeyBytes || !keys.Has(tenant)) return false;
        Span<byte> right = stackalloc byte[mac.Length];
        Mac(tenant, purpose, data, right);
        return CryptographicOperations.FixedTimeEquals(right, mac);
    }

    public byte[] SealSystem(string purpose, ReadOnlySpan<byte> plaintext, long id) => Seal(KeyOf(SystemOwner, purpose), SystemOwner, id, plaintext);

    public byte[] OpenSystem(string purpose, ReadOnlySpan<byte> sealedBytes, long id)
    {
        var plaintext = new byte[PlainLength(sealedBytes)];
        Open(KeyOf(SystemOwner, purpose, VersionOf(sealedBytes)), SystemOwner, id, sealedBytes, plaintext);
        return plaintext;
    }

    public Guid IndexSystem(string column, string value) => Index(SystemOwner, column, value);

    public void MacSystem(string purpose, ReadOnlySpan<byte> data, Span<byte> mac) => Mac(SystemOwner, purpose, data, mac);

    private void Mac(long owner, string purpose, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mac.Length, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mac.Length, KeyBytes);
        Span<byte> whole = stackalloc byte[KeyBytes];
        RootOf(owner, "mac." + purpose).Mac(data, whole);
        whole[..mac.Length].CopyTo(mac);
    }

    private Guid Index(long owner, string column, string value)
    {
        Span<byte> mac = stackalloc byte[KeyBytes];
        RootOf(owner, "index." + column).Mac(Encoding.UTF8.GetBytes(value), mac);
        return new Guid(mac[..16], bigEndian: true);
    }

    private static int PlainLength(ReadOnlySpan<byte> sealedBytes) =>
        sealedBytes.Length >= ISealer.Overhead ? sealedBytes.Length - ISealer.Overhead : throw new CryptographicException("Too short to have been sealed here.");

    private static byte VersionOf(ReadOnlySpan<byte> sealedBytes) =>
        sealedBytes is [> 0, ..] ? sealedBytes[0] : throw new CryptographicException("No key version stands in front.");

    private PurposeKey KeyOf(long owner, string purpose, byte version = 0) =>
        Derived(owner == SystemOwner ? keys.SystemKey(version) : keys.TenantKey(new TenantId(owner), version), purpose);

    /// <summary>For blind indexes and MACs, which must not change with a key's version: a re-import would meet no one it knows, a bounce no recipient.</summary>
    private PurposeKey RootOf(long owner, string purpose) =>
        Derived((1, owner == SystemOwner ? keys.SystemKey(1).Key : keys.TenantRoot(new TenantId(owner))), purpose);

    private PurposeKey Derived((byte Version, byte[] Key) master, string purpose) =>
        _derived.GetValue(master.Key, static _ => new()).GetOrAdd(purpose, static (info, from) => new PurposeKey(from.Version, HKDF.DeriveKey(
            HashAlgorithmName.SHA256, from.Key, KeyBytes, info: Encoding.UTF8.GetBytes(info))), master);

    private static byte[] Seal(PurposeKey key, long owner, long id, ReadOnlySpan<byte> plaintext)
    {
        var result = new byte[ISealer.Overhead + plaintext.Length];
        result[0] = key.Version;
        var nonce = result.AsSpan(1, NonceBytes);
        Nonces.Next(nonce);
        Span<byte> bound = stackalloc byte[16];
        Bind(bound, owner, id);
        var cipher = key.Take();
        cipher.Encrypt(nonce, plaintext, result.AsSpan(1 + NonceBytes, plaintext.Length), result.AsSpan(1 + NonceBytes + plaintext.Length), bound);
        key.Return(cipher);
        return result;
    }

    private static int Open(PurposeKey key, long owner, long id, ReadOnlySpan<byte> sealedBytes, Span<byte> plaintext)
    {
        var length = PlainLength(sealedBytes);
        Span<byte> bound = stackalloc byte[16];
        Bind(bound, owner, id);
        var cipher = key.Take();
        try
        {
            cipher.Decrypt(sealedBytes.Slice(1, NonceBytes), sealedBytes.Slice(1 + NonceBytes, length), sealedBytes[^TagBytes..], plaintext[..length], bound);
        }
        finally
        {
            key.Return(cipher);
        }
        return length;
    }

    private static void Bind(Span<byte> bound, long owner, long id)
    {
        BinaryPrimitives.WriteInt64BigEndian(bound, owner);
        BinaryPrimitives.WriteInt64BigEndian(bound[8..], id);
    }

    /// <summary>Random bytes, fetched for many nonces at once: asking the system for each costs as much as the sealing itself.</summary>
    private static class Nonces
    {
        [ThreadStatic]
        private static byte[]? _batch;

        [ThreadStatic]
        private static int _left;

        public static void Next(Span<byte> nonce)
        {
            var batch = _batch ??= new byte[256 * NonceBytes];
            if (_left == 0)
            {
                RandomNumberGenerator.Fill(batch);
                _left = batch.Length;
            }
            _left -= NonceBytes;
            batch.AsSpan(_left, NonceBytes).CopyTo(nonce);
        }
    }

    private sealed class PurposeKey(byte version, byte[] bytes)
    {
        private readonly ConcurrentBag<AesGcm> _ciphers = [];
        private readonly ConcurrentBag<IncrementalHash> _macs = [];

        public byte Version => version;

        public AesGcm Take() => _ciphers.TryTake(out var cipher) ? cipher : new AesGcm(bytes, TagBytes);

        public void Return(AesGcm cipher) => _ciphers.Add(cipher);

        /// <summary>HMAC-SHA256; a kept object is more than twice as quick as a new one for each.</summary>
        public void Mac(ReadOnlySpan<byte> data, Span<byte> mac)
        {
            if (!_macs.TryTake(out var hash)) hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, bytes);
            hash.AppendData(data);
            hash.GetHashAndReset(mac);
            _macs.Add(hash);
        }
    }
}
