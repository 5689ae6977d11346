using System.Net;

namespace Modular.Mail.Reports.Aggregate;

/// <summary>Reads XML that is none, tag by tag: what is not closed, wrongly nested or cut off does not hide what stands beside it. One pass.</summary>
internal static class LooseXml
{
    private const int MostNameChars = 100;
    private const int MostTextChars = 4000;

    public static void Read(ReadOnlySpan<char> text, DmarcReportBuilder builder)
    {
        while (!text.IsEmpty)
        {
            var tag = text.IndexOf('<');
            if (tag is not 0)
            {
                var words = tag < 0 ? text : text[..tag];
                builder.Text(words.Contains('&') ? WebUtility.HtmlDecode(words[..Math.Min(words.Length, MostTextChars)].ToString()) : words);
                if (tag < 0)
                    return;
            }

            text = ReadTag(text[tag..], builder);
        }
    }

    /// <returns>What stands behind the tag.</returns>
    private static ReadOnlySpan<char> ReadTag(ReadOnlySpan<char> text, DmarcReportBuilder builder)
    {
        if (text.StartsWith("<![CDATA[", StringComparison.Ordinal))
        {
            var end = text.IndexOf("]]>", StringComparison.Ordinal);
            builder.Text(end < 0 ? text[9..] : text[9..end]);
            return end < 0 ? [] : text[(end + 3)..];
        }

        if (text.StartsWith("<!--", StringComparison.Ordinal))
            return text.IndexOf("-->", StringComparison.Ordinal) is >= 0 and var end ? text[(end + 3)..] : [];
        if (text.StartsWith("<!", StringComparison.Ordinal))
            throw new UnusableReportException("it has a document type declaration, which a report has no use for");
        var close = text[1..].IndexOfAny('<', '>');
        var inside = close < 0 ? text[1..] : text[1..(close + 1)];
        var rest = close < 0 ? [] : text[close + 1] is '>' ? text[(close + 2)..] : text[(close + 1)..];
        if (inside is ['?', ..])
            return rest;
        var isEnd = inside is ['/', ..];
        var isEmpty = inside is [.., '/'];
        var name = Name(isEnd ? inside[1..] : inside);
        if (name.Length is 0 or > MostNameChars)
            return rest;
        if (isEnd)
        {
            builder.Close(name);
            return rest;
        }

        builder.Open(name);
        if (isEmpty)
            builder.Close(name);
        return rest;
    }

    /// <summary>Up to the first blank or slash, without a namespace's prefix.</summary>
    private static string Name(ReadOnlySpan<char> tag)
    {
        var end = tag.IndexOfAny(" \t\r\n/");
        var name = end < 0 ? tag : tag[..end];
        return name[(name.LastIndexOf(':') + 1)..].ToString();
    }
}
