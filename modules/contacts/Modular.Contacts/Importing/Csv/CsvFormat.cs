namespace Modular.Contacts.Importing.Csv;

/// <summary>How a file is to be read: found out by <see cref="CsvSniffer"/>, or named by the one who imports.</summary>
internal sealed record CsvFormat(CsvEncoding Encoding, char Delimiter)
{
    /// <summary>The delimiters that are recognised, the most common first.</summary>
    public static readonly IReadOnlyList<char> Delimiters = [',', ';', '\t', '|'];

    public string DelimiterName => Delimiter switch
    {
        ',' => "commas",
        ';' => "semicolons",
        '\t' => "tabs",
        _ => "bars",
    };

    /// <summary>Opens the file's text for reading, as UTF-8 whatever it is on disk.</summary>
    public CsvReader Open(Stream file)
    {
        file.Position = Encoding.BomBytes();
        var text = Encoding.ToEncoding() is { } other
            ? System.Text.Encoding.CreateTranscodingStream(file, other, new System.Text.UTF8Encoding(false))
            : file;
        return new CsvReader(text, (byte)Delimiter);
    }
}
