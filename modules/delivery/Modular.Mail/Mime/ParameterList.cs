using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// A value and its parameters, as Content-Type and Content-Disposition have them (RFC 2045 §5.1), with continuations and character
/// sets (RFC 2231 §3, RFC 2231 §4), and the encoded words that some put there although RFC 2047 §5 forbids it.
/// </summary>
internal static class ParameterList
{
    private const int MostParameters = 100;

    public static (string Value, IReadOnlyDictionary<string, string> Parameters) Parse(string text)
    {
        var pieces = new Dictionary<string, SortedDictionary<int, Piece>>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        var value = ReadToken(text, ref at, "; \t");
        for (var i = 0; i < MostParameters && at < text.Length; i++)
        {
            var name = SkipToName(text, ref at);
            if (name.Length is 0)
                continue;
            var isEncoded = name[^1] is '*';
            var (baseName, index) = Split(isEncoded ? name[..^1] : name);
            pieces.TryAdd(baseName, []);
            pieces[baseName].TryAdd(index, new Piece(ReadValue(text, ref at), isEncoded));
        }

        return (value, pieces.ToDictionary(p => p.Key, p => Join(p.Value), StringComparer.OrdinalIgnoreCase));
    }

    private readonly record struct Piece(string Text, bool IsEncoded);

    /// <summary>Moves behind the next = and returns the name before it; empty when a piece between semicolons has none.</summary>
    private static string SkipToName(string text, ref int at)
    {
        while (at < text.Length && text[at] is ';' or ' ' or '\t')
            at++;
        var start = at;
        while (at < text.Length && text[at] is not ('=' or ';'))
            at++;
        if (at >= text.Length || text[at] is ';')
            return "";
        return text[start..at++].Trim();
    }

    private static string ReadValue(string text, ref int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        if (at >= text.Length || text[at] is not '"')
            return ReadToken(text, ref at, ";").TrimEnd();
        var value = new StringBuilder();
        for (at++; at < text.Length && text[at] is not '"'; at++)
        {
            if (text[at] is '\\' && at + 1 < text.Length)
                at++;
            value.Append(text[at]);
        }

        at++;
        return value.ToString();
    }

    private static string ReadToken(string text, ref int at, ReadOnlySpan<char> ends)
    {
        var start = at;
        var length = text.AsSpan(at).IndexOfAny(ends);
        at = length < 0 ? text.Length : at + length;
        return text[start..at];
    }

    /// <summary>The number behind the star of a continued parameter; one that is not continued is its own first piece.</summary>
    private static (string Name, int Index) Split(string name)
    {
        var star = name.LastIndexOf('*');
        return star > 0 && int.TryParse(name.AsSpan(star + 1), out var index) && index is >= 0 and < MostParameters ? (name[..star], index) : (name, 0);
    }

    private static string Join(SortedDictionary<int, Piece> pieces)
    {
        if (!pieces.Values.Any(p => p.IsEncoded))
            return EncodedWordReader.Decode(string.Concat(pieces.Values.Select(p => p.Text)));
        var octets = new List<byte>();
        string? charset = null;
        foreach (var (_, (text, isEncoded)) in pieces)
        {
            var rest = text;
            if (isEncoded && charset is null && text.Split('\'', 3) is [var name, _, var behind])
                (charset, rest) = (name, behind);
            AppendOctets(rest, isEncoded, octets);
        }

        return Charsets.Decode([.. octets], charset);
    }

    private static void AppendOctets(string text, bool isEncoded, List<byte> octets)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (isEncoded && text[i] is '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                octets.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                octets.Add((byte)text[i]);
            }
        }
    }
}
