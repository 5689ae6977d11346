using System.Collections.Frozen;
using System.Text;

namespace Modular.Tenancy.Users;

/// <summary>
/// Whether a password is one that guessers try first. They try what people take: well-known words, names and years, keys that lie side by side, one thing
/// repeated, letters written as digits. With fifteen characters demanded, people join two of them, so the list is not of passwords but of their parts: what
/// can be cut into at most two different parts of the list, with one number or sign to fill the gaps, is common.
/// </summary>
internal static class CommonPasswords
{
    private const int MostParts = 2;

    private const int LongestFilling = 4;

    private const char Filling = '#';

    /// <summary>Longer ones are judged by their beginning; the work grows with the square.</summary>
    private const int Looked = 64;

    private const int LongestWord = 24;

    private static readonly string[] Rows = ["qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "abcdefghijklmnopqrstuvwxyz", "01234567890"];

    private static readonly FrozenSet<string> Words = Read();

    /// <param name="context">Words that a guesser who knows the person would add: their address, the tenant's name.</param>
    public static bool IsCommon(string password, IEnumerable<string> context)
    {
        var own = context.Select(Fold).Where(w => w.Length >= 3).ToHashSet(StringComparer.Ordinal);
        var plain = password.ToLowerInvariant();
        return IsMadeOf(plain, own) || IsMadeOf(Fold(password), own);
    }

    private static bool IsMadeOf(string text, HashSet<string> own)
    {
        if (text.Length > Looked) text = text[..Looked];
        // fewest[i]: the set of parts that the first i characters can be cut into, the smallest found; null: they cannot.
        var fewest = new HashSet<string>?[text.Length + 1];
        fewest[0] = [];
        for (var end = 1; end <= text.Length; end++)
        {
            for (var start = 0; start < end; start++)
            {
                if (fewest[start] is not { } before || PartOf(text[start..end], own) is not { } part) continue;
                HashSet<string> with = [.. before, part];
                if (IsFew(with) && (fewest[end] is not { } known || with.Count < known.Count)) fewest[end] = with;
            }
        }
        return text.Length > 0 && fewest[^1] is not null;
    }

    private static bool IsFew(HashSet<string> parts)
    {
        var fillings = parts.Count(p => p[0] == Filling);
        return fillings <= 1 && parts.Count - fillings <= MostParts;
    }

    /// <returns>The part's name, the same for all that guessers count as one; null for what is on no list.</returns>
    private static string? PartOf(string text, HashSet<string> own)
    {
        if (text.Length >= 3 && IsRun(text)) return "run";
        if (text.Length <= LongestFilling && text.All(c => char.IsAscii(c) && !char.IsLetter(c))) return Filling + text;
        return text.Length is >= 3 and <= LongestWord && (Words.Contains(text) || own.Contains(text)) ? text : null;
    }

    /// <summary>Keys or letters side by side, forwards or backwards, or one of them repeated.</summary>
    private static bool IsRun(string text)
    {
        if (text.AsSpan().IndexOfAnyExcept(text[0]) < 0) return true;
        var backwards = new string([.. text.Reverse()]);
        return Rows.Any(row => row.Contains(text, StringComparison.Ordinal) || row.Contains(backwards, StringComparison.Ordinal));
    }

    /// <summary>Letters that were written as digits and signs, back as letters.</summary>
    private static string Fold(string text) => string.Create(text.Length, text, static (to, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = char.ToLowerInvariant(from[i]) switch { '0' => 'o', '1' or '!' => 'i', '3' => 'e', '4' or '@' => 'a', '5' or '$' => 's', '7' => 't', '8' => 'b', var c => c };
        }
    });

    private static FrozenSet<string> Read()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt") ?? throw new InvalidOperationException("The build has left out common-passwords.txt.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
