using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Modular.Kernel.Sealing;

/// <summary>Reads a sealed file, from any place; it holds one block opened.</summary>
internal sealed class SealedReadStream : Stream
{
    private readonly SafeFileHandle _file;
    private readonly AesGcm _cipher;
    private readonly byte[] _block = new byte[FileSeal.BlockBytes];
    private readonly byte[] _sealed = new byte[FileSeal.BlockBytes + FileSeal.TagBytes];
    private readonly long _last;
    private long _open = -1;

    public SealedReadStream(SafeFileHandle file, byte[] key, long length)
    {
        (_file, _cipher, Length) = (file, new AesGcm(key, FileSeal.TagBytes), length);
        _last = Math.Max(0, (length - 1) / FileSeal.BlockBytes);
        CryptographicOperations.ZeroMemory(key);
        if (length == 0) OpenBlock(0);   // that it ends here is said by a block too
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get;
        set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public override int Read(Span<byte> buffer)
    {
        if (Position >= Length || buffer.IsEmpty) return 0;
        OpenBlock(Position / FileSeal.BlockBytes);
        var from = (int)(Position % FileSeal.BlockBytes);
        var part = _block.AsSpan(from, (int)Math.Min(Math.Min(buffer.Length, FileSeal.BlockBytes - from), Length - Position));
        part.CopyTo(buffer);
        Position += part.Length;
        return part.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher.Dispose();
            _file.Dispose();
            CryptographicOperations.ZeroMemory(_block);
        }
        base.Dispose(disposing);
    }

    private void OpenBlock(long block)
    {
        if (block == _open) return;
        _open = -1;
        var bytes = (int)Math.Min(FileSeal.BlockBytes, Length - block * FileSeal.BlockBytes);
        if (RandomAccess.Read(_file, _sealed.AsSpan(0, bytes + FileSeal.TagBytes), FileSeal.HeadBytes + block * (FileSeal.BlockBytes + FileSeal.TagBytes)) < bytes + FileSeal.TagBytes)
            throw new CryptographicException("The file ends too early.");
        Span<byte> nonce = stackalloc byte[FileSeal.NonceBytes];
        FileSeal.NonceOf(nonce, block, isLast: block == _last);
        _cipher.Decrypt(nonce, _sealed.AsSpan(0, bytes), _sealed.AsSpan(bytes, FileSeal.TagBytes), _block.AsSpan(0, bytes));
        _open = block;
    }
}
