namespace Modular.Plugins.Http;

/// <summary>Passes bytes on, and refuses a line that does not end: the parser would gather it whole.</summary>
internal sealed class LineBound(Stream inner) : Stream
{
    private const int MaxBytes = 8 << 20;
    private long _sinceBreak;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        var lastBreak = buffer.Span[..count].LastIndexOf((byte)'\n');
        _sinceBreak = lastBreak < 0 ? _sinceBreak + count : count - lastBreak - 1;
        return _sinceBreak <= MaxBytes ? count : throw new SourceFaultException($"A line is longer than {MaxBytes >> 20} MB. Is this a CSV file?", isTransient: false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
