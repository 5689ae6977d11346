using System.Globalization;
using Modular.Contacts.Importing.Csv;

namespace Modular.Contacts.Importing;

/// <summary>A CSV file as rows: found out how it is written, its header taken off.</summary>
internal sealed class CsvRowSource : RowSource
{
    private const int SampleRows = 20;

    private readonly CsvReader _reader;
    private readonly CsvFormat _format;
    private readonly string[] _headers;

    private CsvRowSource(CsvReader reader, CsvFormat format, string[] headers, IReadOnlyList<string[]> samples)
    {
        _reader = reader;
        _format = format;
        _headers = headers;
        Samples = samples;
    }

    public override IReadOnlyList<string> Headers => _headers;

    public override IReadOnlyList<string[]> Samples { get; }

    public override IReadOnlyList<string> Notes =>
        [$"Read as {_format.Encoding.Name()}, columns parted by {_format.DelimiterName}."];

    public override ISourceRow Current => _reader.Current;

    /// <summary>The current record as it stands in the file.</summary>
    public CsvRecord Record => _reader.Current;

    public override long BytesDone => _reader.BytesRead;

    /// <param name="open">Opens the file, which is read more than once; seekable.</param>
    public static async Task<Result<CsvRowSource>> OpenAsync(Func<Stream> open, ImportSettings settings, CancellationToken ct)
    {
        var (format, rows) = (default(CsvFormat), new List<string[]>());
        await using (var file = open())
        {
            var sniffed = await CsvSniffer.SniffAsync(file, ct);
            if (sniffed.Fault is { } fault) return fault;
            format = Asked(sniffed.Value, settings);
            using var preview = format.Open(file);
            while (rows.Count <= SampleRows && await preview.ReadAsync(ct))
            {
                if (preview.Current.Fault is { } broken && rows.Count == 0) return new NotCsv($"Line {preview.Current.Line}: {broken}");
                if (preview.Current.Fault is null && !IsSeparatorLine(preview.Current)) rows.Add(preview.Current.ToArray());
            }
        }
        if (rows.Count == 0) return new NotCsv("The file holds no rows.");
        var hasHeader = settings.HasHeader ?? !rows[0].Any(cell => EmailAddress.TryParse(cell, out _, out _));
        var headers = hasHeader ? rows[0] : [.. rows[0].Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"column {i + 1}"))];
        var reader = format.Open(open());
        var source = new CsvRowSource(reader, format, headers, [.. rows.Skip(hasHeader ? 1 : 0)]);
        if (hasHeader) await source.ReadAsync(ct);
        return source;
    }

    public override async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        if (!await _reader.ReadAsync(ct)) return false;
        return !IsSeparatorLine(_reader.Current) || await _reader.ReadAsync(ct);
    }

    public override ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Excel's <c>sep=;</c> on the first line is about the file, and no row of it.</summary>
    private static bool IsSeparatorLine(CsvRecord record) => record is { Line: 1, Count: 1 or 2 } && record.Bytes.Length == 5 && record.Bytes.Span.StartsWith("sep="u8);

    private static CsvFormat Asked(CsvFormat found, ImportSettings settings)
    {
        var encoding = settings.Encoding is { } name && CsvEncodings.FromName(name) is { } asked && asked.ToEncoding()?.CodePage != found.Encoding.ToEncoding()?.CodePage ? asked : found.Encoding;
        return new CsvFormat(encoding, settings.DelimiterChar ?? found.Delimiter);
    }
}
