using System.Text;

namespace Modular.Contacts.Importing.Csv;

/// <summary>The encodings that spreadsheets write CSV in.</summary>
internal enum CsvEncoding
{
    Utf8,
    Utf8Bom,
    Utf16LittleEndian,
    Utf16BigEndian,
    Utf16LittleEndianBom,
    Utf16BigEndianBom,
    Windows1252,
}

internal static class CsvEncodings
{
    public static int BomBytes(this CsvEncoding encoding) => encoding switch
    {
        CsvEncoding.Utf8Bom => 3,
        CsvEncoding.Utf16LittleEndianBom or CsvEncoding.Utf16BigEndianBom => 2,
        _ => 0,
    };

    /// <summary>What to read the bytes with; null for UTF-8, which is read as it is.</summary>
    public static Encoding? ToEncoding(this CsvEncoding encoding) => encoding switch
    {
        CsvEncoding.Utf16LittleEndian or CsvEncoding.Utf16LittleEndianBom => new UnicodeEncoding(bigEndian: false, byteOrderMark: false),
        CsvEncoding.Utf16BigEndian or CsvEncoding.Utf16BigEndianBom => new UnicodeEncoding(bigEndian: true, byteOrderMark: false),
        CsvEncoding.Windows1252 => CodePagesEncodingProvider.Instance.GetEncoding(1252),
        _ => null,
    };

    /// <summary>The names that can be asked for.</summary>
    public static CsvEncoding? FromName(string name) => name.ToLowerInvariant() switch
    {
        "utf-8" or "utf8" => CsvEncoding.Utf8,
        "utf-16" or "utf-16le" or "utf16" => CsvEncoding.Utf16LittleEndian,
        "utf-16be" => CsvEncoding.Utf16BigEndian,
        "windows-1252" or "cp1252" or "latin1" or "iso-8859-1" => CsvEncoding.Windows1252,
        _ => null,
    };

    public static string Name(this CsvEncoding encoding) => encoding switch
    {
        CsvEncoding.Utf8 or CsvEncoding.Utf8Bom => "UTF-8",
        CsvEncoding.Windows1252 => "Windows-1252",
        _ => "UTF-16",
    };
}
