using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Modular.Plugins.Http;

/// <summary>Rows of a CSV file (RFC 4180: quotes, and line breaks inside them), one at a time, by the names of its first line.</summary>
internal static class CsvRows
{
    private const int MaxColumns = 500;
    private const int MaxFieldCharacters = 1 << 20;

    public static async IAsyncEnumerable<ContactRow> ReadAsync(Stream body, CsvFormat format, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var bounded = new LineBound(body);
        using var text = new StreamReader(bounded, format.Encoding, detectEncodingFromByteOrderMarks: true, bufferSize: 64 << 10);
        using var csv = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = format.Delimiter,
            BadDataFound = null,   // a stray quote is text; what it means is for the mapping to judge
            MaxFieldSize = MaxFieldCharacters,
            IgnoreBlankLines = false,   // skipped below, where they are counted
        });
        if (!await NextAsync(csv))
            throw new SourceFaultException("The file is empty: its first line must name the columns.", isTransient: false);
        var columns = Columns(csv.Record!);   // a record was read

        for (var line = csv.RawRow + 1L; await NextAsync(csv); line = csv.RawRow + 1L)
        {
            ct.ThrowIfCancellationRequested();
            if (csv.Record is not [""] and { Length: > 0 } record)
                yield return new ContactRow(line, Fields(columns, record));
        }
    }

    private static async Task<bool> NextAsync(CsvParser csv)
    {
        try
        {
            return await csv.ReadAsync();
        }
        catch (DecoderFallbackException e)
        {
            throw new SourceFaultException($"Behind line {csv.RawRow} the file is not in the encoding it should be. Save it as UTF-8, or name its encoding in the settings.", isTransient: false, e);
        }
        catch (MaxFieldSizeException e)
        {
            throw new SourceFaultException($"Behind line {csv.RawRow} a field is longer than {MaxFieldCharacters:N0} characters. Is a closing quote missing?", isTransient: false, e);
        }
        catch (IOException e)
        {
            throw new SourceFaultException($"The connection broke behind line {csv.RawRow}: {e.Message}", isTransient: true, e);
        }
    }

    private static string[] Columns(string[] names)
    {
        var columns = Array.ConvertAll(names, n => n.Trim());
        if (columns.Length > MaxColumns)
            throw new SourceFaultException($"The file has {columns.Length} columns; at most {MaxColumns} are read.", isTransient: false);
        if (columns.GroupBy(c => c, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Key.Length > 0 && g.Count() > 1) is { } twice)
            throw new SourceFaultException($"The column {twice.Key} is there twice.", isTransient: false);
        return columns;
    }

    /// <summary>A field without a name gets one that a fault can point at.</summary>
    private static Dictionary<string, string> Fields(string[] columns, string[] record)
    {
        var fields = new Dictionary<string, string>(record.Length, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < record.Length; i++)
            fields[i < columns.Length && columns[i].Length > 0 ? columns[i] : $"column {i + 1}"] = record[i];
        return fields;
    }
}
