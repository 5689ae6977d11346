using System.Text;

namespace Modular.Mail.Tests.Mime;

/// <summary>Text of the kinds that break encoders: long words, runs of blanks, several scripts, emoji, things that look encoded.</summary>
internal static class RandomText
{
    private static readonly string[] Words =
    [
        "a", "Newsletter", "=?utf-8?q?x?=", "=?", "?=", "_", "=", "Zürich", "日本語の長い文章です", "👩‍👩‍👧", "مرحبا", "\"quoted\"", "(comment)", "<b>", ",", ";",
        "extraordinarily-long-word-without-any-blank-in-it-so-that-no-fold-can-help-it-at-all-anywhere", "𝕏", "é", ".", "From",
    ];

    public static string Next(Random random, int mostWords)
    {
        var text = new StringBuilder();
        for (var i = random.Next(mostWords / 10 + 1); i >= 0; i--)
        {
            text.Append(Words[random.Next(Words.Length)]);
            text.Append(random.Next(20) switch { 0 => "  ", 1 => "\t", 2 => "", 3 => new string(' ', random.Next(90)), _ => " " });
        }

        return text.Length > 1900 ? text.ToString(0, 1900).TrimEnd('\ud83d', '\ud835', '\ud83c') : text.ToString();
    }
}
