using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Modular.Kernel.Sealing;

/// <summary>
/// Files that hold a tenant's data: AES-256-GCM in blocks, so that they are written and read as streams and from any place. In front stands the file's own key, sealed by
/// the tenant's: a new data key means a new head, not a new file, and a tenant whose keys are destroyed leaves nothing that opens. Each block is bound to its place, and
/// the last one to being the last: what was cut off, swapped or appended to does not open.
/// </summary>
/// <param name="Purpose">A constant of the caller, as in <see cref="ISealer.Seal"/>.</param>
public readonly record struct FileSeal(ISealer Sealer, TenantId Tenant, string Purpose)
{
    internal const int BlockBytes = 64 * 1024;
    internal const int TagBytes = 16;
    internal const int NonceBytes = 12;
    internal const int HeadBytes = 4 + ISealer.Overhead + KeyBytes;
    private const int KeyBytes = 32;

    private static ReadOnlySpan<byte> Magic => "MSF1"u8;

    /// <summary>Bytes of content in a sealed file of this size on disk. A file of no bytes at all is an empty one.</summary>
    public static long LengthOf(long bytesOnDisk)
    {
        var sealedBytes = bytesOnDisk - HeadBytes;
        return sealedBytes <= TagBytes ? 0 : sealedBytes - ((sealedBytes - 1) / (BlockBytes + TagBytes) + 1) * TagBytes;
    }

    /// <summary>Makes the file, or makes it anew, readable for this account alone. It opens only after <see cref="SealedWriteStream.Complete"/>.</summary>
    public SealedWriteStream Create(string path) => new(this, path);

    /// <returns>Seekable. Its reads throw <see cref="CryptographicException"/> at a block that is damaged.</returns>
    /// <exception cref="CryptographicException">It was never completed or sealed here, is damaged, or its key was destroyed.</exception>
    public Stream OpenRead(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        try
        {
            var onDisk = RandomAccess.GetLength(file);
            if (onDisk > 0) return new SealedReadStream(file, OpenHead(file), LengthOf(onDisk));
            file.Dispose();
            return Stream.Null;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Seals the file's key with the tenant's newest one, where an older one sealed it. The content, its time included, stays as it is, and who reads it reads on.</summary>
    /// <returns>Whether an older one had.</returns>
    /// <exception cref="CryptographicException">As <see cref="OpenRead"/>.</exception>
    public bool Renew(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.GetLength(file) == 0) return false;
        var (before, written) = (new byte[HeadBytes], File.GetLastWriteTimeUtc(file));
        RandomAccess.Read(file, before, 0);
        var anew = HeadOf(OpenHead(file));
        if (anew[Magic.Length] == before[Magic.Length]) return false;   // the key's version stands in front
        RandomAccess.Write(file, anew, 0);
        DurableFile.Sync(file, path);
        File.SetLastWriteTimeUtc(file, written);
        return true;
    }

    internal static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    internal byte[] HeadOf(byte[] key) => [.. Magic, .. Sealer.Seal(Tenant, Purpose, 0, key)];

    /// <summary>A file's key seals each block once, so that its place is nonce enough.</summary>
    internal static void NonceOf(Span<byte> nonce, long block, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce, block);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }

    private byte[] OpenHead(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var head = new byte[HeadBytes];
        if (RandomAccess.Read(file, head, 0) < HeadBytes || !head.AsSpan().StartsWith(Magic)) throw new CryptographicException("This file was not sealed here, or not to its end.");
        return Sealer.Open(Tenant, Purpose, 0, head.AsSpan(Magic.Length));
    }
}
