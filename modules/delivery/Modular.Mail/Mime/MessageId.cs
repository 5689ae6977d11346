using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Modular.Mail.Mime;

/// <summary>A Message-ID without its angle brackets: a dot-atom, an @, a domain; ASCII, at most 250 characters (RFC 5322 §3.6.4).</summary>
public sealed record MessageId
{
    private const int MostChars = 250;

    private static readonly SearchValues<char> Specials = SearchValues.Create("<>()[]\\,;:\"");

    private MessageId(string value) => Value = value;

    public string Value { get; }

    /// <exception cref="ArgumentException">The text is no Message-ID; angle brackets are not part of it.</exception>
    public static MessageId Create(string value) =>
        TryCreate(value, out var id) ? id : throw new ArgumentException("A Message-ID is a dot-atom, an @ and a domain, without brackets.", nameof(value));

    public static bool TryCreate(string? value, [NotNullWhen(true)] out MessageId? id)
    {
        id = null;
        if (value is null or { Length: > MostChars } || MailboxAddress.NeedsQuotes(value.AsSpan(0, Math.Max(0, value.LastIndexOf('@'))))
            || value.StartsWith('"') || value.AsSpan().ContainsAnyExceptInRange('!', '~') || value.AsSpan().ContainsAny(Specials)
            || value.IndexOf('@', StringComparison.Ordinal) is var at && (at < 1 || at != value.LastIndexOf('@') || at == value.Length - 1))
            return false;
        id = new MessageId(value);
        return true;
    }

    public override string ToString() => $"<{Value}>";
}
