using System.Text;

namespace Modular.Plugins.Http;

/// <param name="Encoding">Throws on bytes that are not of it, instead of storing question marks.</param>
internal sealed record CsvFormat(string Delimiter, Encoding Encoding)
{
    public static CsvFormat Of(SourceContext context) => new(
        context.Settings.GetValueOrDefault("delimiter") switch
        {
            null or "" => ",",
            "tab" => "\t",
            { Length: 1 } one => one,
            var other => throw new SourceFaultException($"The delimiter '{other}' is more than one character.", isTransient: false),
        },
        Find(context.Settings.GetValueOrDefault("encoding") is { Length: > 0 } name ? name : "utf-8"));

    private static Encoding Find(string name)
    {
        try
        {
            return (CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback))
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException e)
        {
            throw new SourceFaultException($"There is no encoding called '{name}'. Usual ones are utf-8, windows-1252 and iso-8859-1.", isTransient: false, e);
        }
    }
}
