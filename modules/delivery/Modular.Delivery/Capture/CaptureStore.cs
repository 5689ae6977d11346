using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Modular.Delivery.Capture;

/// <summary>
/// Keeps captured mail. A message is written before its line in the index, and that before the 250, so <c>kill -9</c> loses none that was acknowledged.
/// It is not synced to disk: what is captured stands in for other people's servers, and is no promise of ours. One writer for each data folder.
/// </summary>
internal sealed class CaptureStore(CaptureFiles files, IOptions<DeliverySettings> settings, TimeProvider time) : IDisposable
{
    private const long SegmentBytes = 16 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<int> _segments = [];
    private SafeFileHandle? _index, _segment;
    private long _lines, _offset;
    private int _segmentNumber;

    /// <summary>Called with each line that asks for a reaction.</summary>
    public event Action? ReactionWanted;

    /// <returns>The message's number.</returns>
    public long Add(CaptureRecord record, string from, string to, ReadOnlySpan<byte> content)
    {
        var sealedBytes = files.Pack(record, from, to, content);
        long number;
        lock (_lock)
        {
            Open();
            if (_offset > SegmentBytes) NextSegment();
            record.Version = 1;
            record.AtMilliseconds = time.GetUtcNow().ToUnixTimeMilliseconds();
            (record.Segment, record.Offset, record.Length) = (_segmentNumber, _offset, sealedBytes.Length);
            RandomAccess.Write(_segment!, sealedBytes, _offset);
            _offset += sealedBytes.Length;

            number = _lines++;
            Span<byte> line = stackalloc byte[CaptureRecord.Bytes];
            MemoryMarshal.Write(line, record);
            RandomAccess.Write(_index!, line, number * CaptureRecord.Bytes);
        }
        if (record.Reactions is ReactionState.Wanted) ReactionWanted?.Invoke();
        return number;
    }

    public void MarkDone(long number)
    {
        lock (_lock)
        {
            Open();
            RandomAccess.Write(_index!, [(byte)ReactionState.Done], number * CaptureRecord.Bytes + 1);
        }
    }

    public void Dispose()
    {
        _index?.Dispose();
        _segment?.Dispose();
    }

    private void Open()
    {
        if (_index is not null) return;
        _index = File.OpenHandle(files.IndexPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        File.SetUnixFileMode(_index, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _lines = RandomAccess.GetLength(_index) / CaptureRecord.Bytes;   // a torn last line is written over
        foreach (var segment in files.Segments()) _segments.Enqueue(_segmentNumber = segment);
        NextSegment();
    }

    private void NextSegment()
    {
        _segment?.Dispose();
        _segment = File.OpenHandle(files.SegmentPath(++_segmentNumber), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        File.SetUnixFileMode(_segment, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _segments.Enqueue(_segmentNumber);
        _offset = 0;
        while (_segments.Count > Math.Max(2, settings.Value.Capture.MaxBytes / SegmentBytes)) File.Delete(files.SegmentPath(_segments.Dequeue()));
    }
}
