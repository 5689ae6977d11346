using System.Buffers;
using System.Text;

namespace Modular.Mail.Reports;

/// <summary>A line whose addresses, with the brackets or quotes around them, have been replaced by one mark each, so that rules match it as plain text.</summary>
internal sealed class AddressMask
{
    /// <summary>No mail text holds it: control characters are read as blanks.</summary>
    public const char Mark = '\u0001';

    private const int MostLocalChars = 200;
    private const int MostDomainChars = 255;
    private const int MostBrackets = 4;

    private static readonly SearchValues<char> NotLocal = SearchValues.Create(" \t\r\n\u00A0\u3000<>\"',;:()[]{}@\u0001");
    private static readonly SearchValues<char> NotDomain = SearchValues.Create(" \t\r\n\u00A0\u3000<>\"',;:()[]{}@/\u0001");
    private static readonly string[] Schemes = ["smtp:", "mailto:", "rfc822;", "rfc822; "];

    private readonly List<string> addresses = [];

    public AddressMask(string line)
    {
        var masked = new StringBuilder(line.Length);
        var from = 0;
        for (var at = line.IndexOf('@', StringComparison.Ordinal); at >= 0; at = at + 1 < line.Length ? line.IndexOf('@', at + 1) : -1)
        {
            var start = Left(line, at, from);
            var end = Right(line, at + 1);
            if (start == at || end == at + 1)
                continue;
            addresses.Add(line[start..end]);
            start = Opening(line, start, from);
            end = Closing(line, end);
            masked.Append(line, from, start - from).Append(Mark);
            from = end;
            at = end - 1;
        }

        Text = masked.Append(line, from, line.Length - from).ToString();
    }

    public string Text { get; }

    public IReadOnlyList<string> All => addresses;

    /// <summary>The address whose mark stands at an offset of <see cref="Text"/>.</summary>
    public string At(int offset) => addresses[Text.AsSpan(0, offset).Count(Mark)];

    private static int Left(string line, int at, int from)
    {
        var lowest = Math.Max(from, at - MostLocalChars);
        var stop = line.AsSpan(lowest, at - lowest).LastIndexOfAny(NotLocal);
        return lowest + stop + 1;
    }

    private static int Right(string line, int from)
    {
        var rest = line.AsSpan(from, Math.Min(MostDomainChars, line.Length - from));
        return from + (rest.IndexOfAny(NotDomain) is >= 0 and var found ? found : rest.Length);
    }

    private static int Opening(string line, int start, int from)
    {
        foreach (var scheme in Schemes)
        {
            if (start - scheme.Length >= from && line.AsSpan(start - scheme.Length, scheme.Length).Equals(scheme, StringComparison.OrdinalIgnoreCase))
            {
                start -= scheme.Length;
                break;
            }
        }

        for (var i = 0; i < MostBrackets && start > from && line[start - 1] is '<' or '"' or '\'' or '[' or '(' or '{'; i++)
            start--;
        return start;
    }

    private static int Closing(string line, int end)
    {
        for (var i = 0; i < MostBrackets && end < line.Length && line[end] is '>' or '"' or '\'' or ']' or ')' or '}'; i++)
            end++;
        return end;
    }
}
