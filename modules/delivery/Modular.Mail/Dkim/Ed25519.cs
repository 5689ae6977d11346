using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Modular.Mail.Dkim;

/// <summary>
/// Ed25519 (RFC 8032 §5.1) by the OpenSSL that the framework itself stands on; the framework has no type for it. Where OpenSSL 3 is not to be
/// had, <see cref="WhyNot"/> says so and only this algorithm is missing.
/// </summary>
internal static partial class Ed25519
{
    public const int KeyBytes = 32, SignatureBytes = 64;

    private const string Library = "libcrypto.so.3";
    private const int KeyType = 1087;    // NID_ED25519

    /// <summary>Null when keys and signatures can be made and checked here.</summary>
    public static string? WhyNot { get; } = Probe();

    public static bool IsAvailable => WhyNot is null;

    /// <exception cref="PlatformNotSupportedException">See <see cref="WhyNot"/>.</exception>
    public static void ThrowUnlessAvailable()
    {
        if (WhyNot is { } reason)
            throw new PlatformNotSupportedException(reason);
    }

    /// <summary>False for a key that is no point of the curve, too, and for the twin that S plus the group's order makes of a signature.</summary>
    /// <param name="publicKey">32 octets.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        ThrowUnlessAvailable();
        if (publicKey.Length is not KeyBytes || signature.Length is not SignatureBytes)
            return false;
        using var key = EVP_PKEY_new_raw_public_key(KeyType, 0, publicKey, KeyBytes);
        using var context = EVP_MD_CTX_new();
        return !key.IsInvalid && !context.IsInvalid
            && EVP_DigestVerifyInit(context, 0, 0, 0, key) is 1
            && EVP_DigestVerify(context, signature, SignatureBytes, data, (nuint)data.Length) is 1;
    }

    /// <summary>A signing key with the context it is used in. Not thread-safe.</summary>
    internal sealed class PrivateKey : IDisposable
    {
        private readonly KeyHandle _key;
        private readonly ContextHandle _context;

        /// <param name="seed">The private key's 32 octets (RFC 8032 §5.1.5).</param>
        /// <exception cref="PlatformNotSupportedException">See <see cref="WhyNot"/>.</exception>
        public PrivateKey(ReadOnlySpan<byte> seed)
        {
            ThrowUnlessAvailable();
            if (seed.Length is not KeyBytes)
                throw new ArgumentException($"An Ed25519 key has {KeyBytes} octets.", nameof(seed));
            _key = EVP_PKEY_new_raw_private_key(KeyType, 0, seed, KeyBytes);
            _context = EVP_MD_CTX_new();
            if (_key.IsInvalid || _context.IsInvalid)
                throw new CryptographicException("OpenSSL did not take the Ed25519 key.");
        }

        public byte[] PublicKey()
        {
            var key = new byte[KeyBytes];
            nuint length = KeyBytes;
            return EVP_PKEY_get_raw_public_key(_key, key, ref length) is 1 ? key : throw new CryptographicException("OpenSSL gave no public key.");
        }

        /// <param name="signature">Takes 64 octets; the same data gives the same ones.</param>
        public void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
        {
            nuint length = SignatureBytes;
            if (EVP_DigestSignInit(_context, 0, 0, 0, _key) is not 1
                || EVP_DigestSign(_context, signature[..SignatureBytes], ref length, data, (nuint)data.Length) is not 1)
                throw new CryptographicException("OpenSSL did not sign.");
        }

        public void Dispose()
        {
            _context.Dispose();
            _key.Dispose();
        }
    }

    private static string? Probe()
    {
        if (!NativeLibrary.TryLoad(Library, out var library))
            return $"Ed25519 needs {Library} (OpenSSL 3), which is not on this machine.";
        string[] needed = [nameof(EVP_PKEY_new_raw_private_key), nameof(EVP_PKEY_new_raw_public_key), nameof(EVP_PKEY_get_raw_public_key), nameof(EVP_DigestSign), nameof(EVP_DigestVerify)];
        if (needed.FirstOrDefault(name => !NativeLibrary.TryGetExport(library, name, out _)) is { } missing)
            return $"Ed25519 needs {missing}, which {Library} does not have.";
        using var key = EVP_PKEY_new_raw_private_key(KeyType, 0, new byte[KeyBytes], KeyBytes);
        return key.IsInvalid ? $"The {Library} of this machine was built without Ed25519, or forbids it." : null;
    }

    internal sealed class KeyHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle is 0;

        protected override bool ReleaseHandle()
        {
            EVP_PKEY_free(handle);
            return true;
        }
    }

    internal sealed class ContextHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle is 0;

        protected override bool ReleaseHandle()
        {
            EVP_MD_CTX_free(handle);
            return true;
        }
    }

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial KeyHandle EVP_PKEY_new_raw_private_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial KeyHandle EVP_PKEY_new_raw_public_key(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EVP_PKEY_get_raw_public_key(KeyHandle key, Span<byte> octets, ref nuint length);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial ContextHandle EVP_MD_CTX_new();

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EVP_DigestSignInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EVP_DigestSign(ContextHandle context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> data, nuint length);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EVP_DigestVerifyInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EVP_DigestVerify(ContextHandle context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> data, nuint length);
}
