using System.Buffers;
using System.Text;

namespace Modular.Contacts.Importing.Csv;

/// <summary>Finds out how a file is to be read: its encoding from all of its bytes, its delimiter from its first records.</summary>
internal static class CsvSniffer
{
    private const int SampleBytes = 64 * 1024;
    private const int SampleRecords = 50;

    /// <param name="file">Seekable; read once from its beginning for the encoding.</param>
    public static async Task<Result<CsvFormat>> SniffAsync(Stream file, CancellationToken ct)
    {
        var head = new byte[SampleBytes];
        file.Position = 0;
        var length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        var sample = head.AsMemory(0, length);
        if (NoText(sample.Span) is { } fault) return fault;
        var encoding = FromMark(sample.Span) ?? Utf16WithoutMark(sample.Span) ?? await Utf8OrWindowsAsync(file, ct);
        return new CsvFormat(encoding, Delimiter(ToUtf8(sample.Span[encoding.BomBytes()..], encoding), isWhole: length < SampleBytes));
    }

    /// <summary>Files that people take for CSV, told by their first bytes.</summary>
    private static NotCsv? NoText(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) return new NotCsv("The file is empty.");
        if (head.StartsWith("PK\x03\x04"u8)) return new NotCsv("This is a workbook or a ZIP archive: open it and save it as CSV (UTF-8).");
        if (head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0])) return new NotCsv("This is an old Excel workbook: open it and save it as CSV (UTF-8).");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return new NotCsv("The file is compressed with gzip: unpack it first.");
        if (head.StartsWith("%PDF"u8)) return new NotCsv("This is a PDF document, not CSV.");
        if (head.StartsWith("-----BEGIN PGP"u8)) return new NotCsv("The file is encrypted with PGP: decrypt it first.");
        var controls = 0;
        foreach (var b in head)
        {
            if (b < 32 && b is not (0 or (byte)'\t' or (byte)'\n' or (byte)'\r')) controls++;
        }
        return controls > head.Length / 20 ? new NotCsv("The file holds binary data, not text: save it as CSV (UTF-8).") : null;
    }

    private static CsvEncoding? FromMark(ReadOnlySpan<byte> head) => head switch
    {
        [0xEF, 0xBB, 0xBF, ..] => CsvEncoding.Utf8Bom,
        [0xFF, 0xFE, ..] => CsvEncoding.Utf16LittleEndianBom,
        [0xFE, 0xFF, ..] => CsvEncoding.Utf16BigEndianBom,
        _ => null,
    };

    /// <summary>Latin text in UTF-16 has a zero in every other byte.</summary>
    private static CsvEncoding? Utf16WithoutMark(ReadOnlySpan<byte> head)
    {
        if (head.Length < 4) return null;
        var zeros = (Even: 0, Odd: 0);
        var pairs = Math.Min(head.Length, 4096) / 2;
        for (var i = 0; i < pairs; i++)
        {
            if (head[2 * i] == 0) zeros.Even++;
            if (head[2 * i + 1] == 0) zeros.Odd++;
        }
        if (zeros.Odd > pairs * 4 / 10 && zeros.Even < pairs / 10) return CsvEncoding.Utf16LittleEndian;
        if (zeros.Even > pairs * 4 / 10 && zeros.Odd < pairs / 10) return CsvEncoding.Utf16BigEndian;
        return null;
    }

    /// <summary>
    /// All of the file decides: where no byte contradicts, it is UTF-8; where UTF-8 letters outnumber the contradictions, it is UTF-8 with damaged lines,
    /// which are told one by one; otherwise it is the encoding of Western Windows.
    /// </summary>
    private static async Task<CsvEncoding> Utf8OrWindowsAsync(Stream file, CancellationToken ct)
    {
        var buffer = new byte[256 * 1024];
        var kept = 0;
        long letters = 0, contradictions = 0;
        file.Position = 0;
        while (true)
        {
            var read = await file.ReadAsync(buffer.AsMemory(kept), ct);
            var filled = kept + read;
            kept = Judge(buffer.AsSpan(0, filled), isFinal: read == 0, ref letters, ref contradictions);
            if (read == 0) break;
            buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
        }
        return contradictions == 0 || letters > contradictions ? CsvEncoding.Utf8 : CsvEncoding.Windows1252;
    }

    /// <returns>Bytes at the end that may begin a letter whose rest is not read yet.</returns>
    private static int Judge(ReadOnlySpan<byte> text, bool isFinal, ref long letters, ref long contradictions)
    {
        if (System.Text.Ascii.IsValid(text)) return 0;
        while (!text.IsEmpty)
        {
            var ascii = text.IndexOfAnyExceptInRange((byte)0, (byte)127);
            if (ascii < 0) return 0;
            text = text[ascii..];
            var status = Rune.DecodeFromUtf8(text, out _, out var length);
            if (status == OperationStatus.NeedMoreData && !isFinal) return text.Length;
            if (status == OperationStatus.Done) letters++;
            else contradictions++;
            text = text[length..];
        }
        return 0;
    }

    private static byte[] ToUtf8(ReadOnlySpan<byte> sample, CsvEncoding encoding) =>
        encoding.ToEncoding() is { } other ? Encoding.UTF8.GetBytes(other.GetString(sample)) : sample.ToArray();

    /// <summary>The delimiter by which most records have one and the same number of fields, and many.</summary>
    private static char Delimiter(ReadOnlySpan<byte> sample, bool isWhole)
    {
        var (best, bestScore) = (CsvFormat.Delimiters[0], 0.0);
        foreach (var delimiter in CsvFormat.Delimiters)
        {
            var score = Score(sample, isWhole, (byte)delimiter);
            if (score > bestScore * 1.05) (best, bestScore) = (delimiter, score);
        }
        return best;
    }

    private static double Score(ReadOnlySpan<byte> sample, bool isWhole, byte delimiter)
    {
        var parser = new CsvParser(delimiter);
        var record = new CsvRecord();
        var widths = new Dictionary<int, int>();
        var (records, faulty) = (0, 0);
        while (records < SampleRecords && !sample.IsEmpty && parser.TryParse(sample, isWhole, record, out var length, out var consumed, out _))
        {
            sample = sample[consumed..];
            if (length == 0) continue;
            records++;
            if (record.Fault is not null) faulty++;
            widths[record.Count] = widths.GetValueOrDefault(record.Count) + 1;
        }
        if (records == 0) return 0;
        var best = 0.0;
        foreach (var (width, count) in widths)
        {
            if (width > 1) best = Math.Max(best, (double)(count - faulty) / records * Math.Log2(1 + width));
        }
        return best;
    }
}
