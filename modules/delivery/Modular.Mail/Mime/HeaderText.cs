using System.Buffers;
using System.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// Text that can stand in a header field: no CR, LF, NUL or other control character, no half surrogate pair, at most
/// <see cref="MostChars"/> characters, no blanks around it; a TAB becomes a blank. Having one is the proof that it cannot start another field.
/// The default value is the empty text.
/// </summary>
public readonly record struct HeaderText
{
    /// <summary>Far above any sensible subject, far below what relays refuse as a header block.</summary>
    public const int MostChars = 2000;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c).Where(c => c is not '\t'), .. Enumerable.Range(0x7F, 0x21).Select(c => (char)c)]);

    private readonly string? text;

    private HeaderText(string text) => this.text = text.Length > 0 ? text : null; // so that the empty text equals the default

    public bool IsEmpty => string.IsNullOrEmpty(text);

    /// <exception cref="ArgumentException">The text holds what a header field cannot.</exception>
    public static HeaderText Create(string text) =>
        TryCreate(text, out var value)
            ? value
            : throw new ArgumentException($"Text for a header field holds no line breaks, control characters or half characters, and at most {MostChars} characters.", nameof(text));

    public static bool TryCreate(string? text, out HeaderText value)
    {
        value = default;
        if (text is null || text.Length > MostChars || text.AsSpan().ContainsAny(Forbidden) || HasHalfPair(text))
            return false;
        value = new HeaderText(text.Replace('\t', ' ').Trim(' '));
        return true;
    }

    /// <summary>Text from a stranger, made fit: what cannot stand in a field becomes a blank, and the end is cut. Never fails.</summary>
    public static HeaderText Clean(string? text)
    {
        if (text is null)
            return default;
        if (TryCreate(text, out var value))
            return value;
        var kept = new StringBuilder(Math.Min(text.Length, MostChars));
        foreach (var rune in text.EnumerateRunes())
        {
            if (kept.Length + rune.Utf16SequenceLength > MostChars)
                break;
            kept.Append(Rune.IsControl(rune) ? new Rune(' ') : rune);
        }

        return Create(kept.ToString());
    }

    public override string ToString() => text ?? "";

    private static bool HasHalfPair(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                return true;
            text = text[(at + 2)..];
        }

        return false;
    }
}
