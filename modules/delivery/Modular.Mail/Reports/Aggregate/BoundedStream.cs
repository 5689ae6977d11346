namespace Modular.Mail.Reports.Aggregate;

/// <summary>What comes out of a packed stream, counted: too much, or too much for what went in, ends the reading. A stream that breaks off ends early instead.</summary>
internal sealed class BoundedStream(Stream source, long sourceBytes, ReportLimits limits, ReportBudget budget) : Stream
{
    private long produced;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => produced; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = source.Read(buffer);
        }
        catch (InvalidDataException) when (produced > 0)
        {
            budget.HasBroken = true;
            return 0;
        }

        produced += read;
        budget.Bytes += read;
        if (budget.Bytes > limits.Bytes)
            throw new UnusableReportException($"it unpacks to more than {limits.Bytes / (1024 * 1024)} MB");
        if (produced > limits.SmallBytes && produced / limits.Ratio > sourceBytes)
            throw new UnusableReportException($"it unpacks to more than {limits.Ratio} times its size");
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>What all streams of one file have produced together.</summary>
internal sealed class ReportBudget
{
    public long Bytes { get; set; }

    /// <summary>True when a packed stream broke off, so that its end is missing.</summary>
    public bool HasBroken { get; set; }
}
