using System.Text.Unicode;

namespace Modular.Contacts.Importing.Csv;

/// <summary>
/// Reads records from a stream of UTF-8 text, one after the other, in constant memory: a record that cannot be used comes with its fault, and the next
/// one is read all the same. Blank lines are left out.
/// </summary>
internal sealed class CsvReader(Stream text, byte delimiter) : IDisposable
{
    /// <summary>Bytes of one record with all its lines, at most. What is longer is skipped up to the next line end.</summary>
    public const int MaxRecordBytes = 1024 * 1024;

    private const int FirstBufferBytes = 128 * 1024;

    private readonly CsvParser _parser = new(delimiter);
    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start;
    private int _end;
    private bool _isFinal;
    private long _offset;
    private long _line = 1;

    /// <summary>The record of the last successful <see cref="ReadAsync"/>.</summary>
    public CsvRecord Current { get; } = new();

    /// <summary>Bytes of UTF-8 text read and done with.</summary>
    public long BytesRead => _offset;

    /// <returns>Whether there was another record.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            if (_start == _end)
            {
                if (_isFinal) return false;
                await FillAsync(ct);
                continue;
            }
            if (!_parser.TryParse(_buffer.AsSpan(_start, _end - _start), _isFinal, Current, out var length, out var consumed, out var lines))
            {
                if (_end - _start >= MaxRecordBytes) return await SkipOverlongAsync(ct);
                await FillAsync(ct);
                continue;
            }
            Take(length, consumed, lines);
            if (Current.IsBlank) continue;
            if (Current.Fault is null && !Utf8.IsValid(Current.Bytes.Span)) Current.Fault = NotUtf8(Current);
            return true;
        }
    }

    public void Dispose() => text.Dispose();

    private void Take(int length, int consumed, int lines)
    {
        Current.Line = _line;
        Current.Offset = _offset;
        Current.Bytes = _buffer.AsMemory(_start, length);
        _start += consumed;
        _offset += consumed;
        _line += lines;
    }

    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (_start > 0 && (_start == _end || _end == _buffer.Length))
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, MaxRecordBytes + FirstBufferBytes));
        var read = await text.ReadAsync(_buffer.AsMemory(_end), ct);
        _end += read;
        _isFinal = read == 0;
    }

    /// <summary>Leaves out everything up to the next line end, whatever quotes say: after so many bytes an open quote is an error, not a field.</summary>
    private async ValueTask<bool> SkipOverlongAsync(CancellationToken ct)
    {
        var beginning = _buffer.AsSpan(_start, 4096).ToArray();
        var (line, offset) = (_line, _offset);
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var lineEnd = rest.IndexOfAny((byte)'\r', (byte)'\n');
            // A CR at the very end may be half of a CRLF.
            if (lineEnd >= 0 && (lineEnd + 1 < rest.Length || _isFinal || rest[lineEnd] == '\n'))
            {
                Advance(lineEnd + (rest[lineEnd] == '\r' && lineEnd + 1 < rest.Length && rest[lineEnd + 1] == '\n' ? 2 : 1));
                _line++;
                break;
            }
            Advance(lineEnd < 0 ? rest.Length : lineEnd);
            if (_isFinal) break;
            await FillAsync(ct);
        }
        Current.Clear();
        Current.Line = line;
        Current.Offset = offset;
        Current.Bytes = beginning;
        Current.Fault = $"The record is longer than {MaxRecordBytes / 1024 / 1024} MiB: is this a CSV file, and is each quote closed?";
        return true;
    }

    private void Advance(int bytes)
    {
        _start += bytes;
        _offset += bytes;
    }

    private static string NotUtf8(CsvRecord record)
    {
        var bytes = record.Bytes.Span;
        var at = 0;
        while (System.Text.Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done) at += length;
        return $"Byte 0x{bytes[at]:X2} at byte {record.Offset + at} of the file is not UTF-8: save the file as UTF-8, or name its encoding.";
    }
}
