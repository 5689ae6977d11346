using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Modular.Kernel.Sealing;

/// <summary>Writes a sealed file, front to back. What is not <see cref="Complete"/> opens for nobody, so half a file is never taken for a whole one.</summary>
public sealed class SealedWriteStream : Stream
{
    private readonly FileSeal _seal;
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly byte[] _key = FileSeal.NewKey();
    private readonly AesGcm _cipher;
    private readonly byte[] _block = new byte[FileSeal.BlockBytes];
    private readonly byte[] _sealed = new byte[FileSeal.BlockBytes + FileSeal.TagBytes];
    private int _filled;
    private long _blocks;
    private bool _isComplete;

    internal SealedWriteStream(FileSeal seal, string path)
    {
        (_seal, _path) = (seal, path);
        _stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        _cipher = new AesGcm(_key, FileSeal.TagBytes);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_isComplete;

    public override long Length => Position;

    public override long Position
    {
        get => _blocks * FileSeal.BlockBytes + _filled;
        set => throw new NotSupportedException();
    }

    private SafeFileHandle File => _stream.SafeFileHandle;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isComplete, this);
        while (!buffer.IsEmpty)
        {
            if (_filled == _block.Length) SealBlock(isLast: false);   // only now is it known that it is not the last
            var part = buffer[..Math.Min(buffer.Length, _block.Length - _filled)];
            part.CopyTo(_block.AsSpan(_filled));
            _filled += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Seals the rest, then the key in front: with the data key that is the newest now, however long the writing took. On the disk before it returns.</summary>
    /// <exception cref="IOException">The disk did not confirm.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_isComplete, this);
        _isComplete = true;
        SealBlock(isLast: true);
        RandomAccess.Write(File, _seal.HeadOf(_key), 0);
        DurableFile.Sync(File, _path);
    }

    /// <summary>Does nothing: a block is written when it is full.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isComplete = true;
            _cipher.Dispose();
            _stream.Dispose();
            CryptographicOperations.ZeroMemory(_key);
        }
        base.Dispose(disposing);
    }

    private void SealBlock(bool isLast)
    {
        Span<byte> nonce = stackalloc byte[FileSeal.NonceBytes];
        FileSeal.NonceOf(nonce, _blocks, isLast);
        _cipher.Encrypt(nonce, _block.AsSpan(0, _filled), _sealed.AsSpan(0, _filled), _sealed.AsSpan(_filled, FileSeal.TagBytes));
        RandomAccess.Write(File, _sealed.AsSpan(0, _filled + FileSeal.TagBytes), FileSeal.HeadBytes + _blocks * (FileSeal.BlockBytes + FileSeal.TagBytes));
        (_filled, _blocks) = (0, _blocks + 1);
    }
}
