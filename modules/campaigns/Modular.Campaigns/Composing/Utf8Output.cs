using System.Buffers;
using System.Text;

namespace Modular.Campaigns.Composing;

/// <summary>Where a message is written: UTF-8, one buffer used again for each message, bounded.</summary>
internal sealed class Utf8Output
{
    /// <summary>Bytes of one part of a message, at most.</summary>
    public const int MaxBytes = 1 << 20;

    private static readonly SearchValues<char> NeedsEscape = SearchValues.Create("&<>\"'\0");
    private static readonly SearchValues<char> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
    private static readonly SearchValues<char> UrlText = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$()*+,;=%");

    private byte[] _buffer = new byte[16 * 1024];
    private int _length;

    /// <summary>More was written than fits: what is here is cut and must not be used.</summary>
    public bool IsFull { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Clear() => (_length, IsFull) = (0, false);

    /// <summary>Room for exactly <paramref name="bytes"/>, counted as written; empty when it does not fit.</summary>
    public Span<byte> Take(int bytes)
    {
        if (!Reserve(bytes)) return [];
        _length += bytes;
        return _buffer.AsSpan(_length - bytes, bytes);
    }

    public void Write(ReadOnlySpan<byte> utf8)
    {
        if (!Reserve(utf8.Length)) return;
        utf8.CopyTo(_buffer.AsSpan(_length));
        _length += utf8.Length;
    }

    public void Write(ReadOnlySpan<char> text)
    {
        if (!Reserve(Encoding.UTF8.GetMaxByteCount(text.Length))) return;
        _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));
    }

    /// <summary>As HTML text, or as an attribute's value between quotes of either kind.</summary>
    public void WriteHtml(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(NeedsEscape) is >= 0 and var at)
        {
            Write(text[..at]);
            Write(text[at] switch { '&' => "&amp;"u8, '<' => "&lt;"u8, '>' => "&gt;"u8, '"' => "&quot;"u8, '\'' => "&#39;"u8, _ => "\uFFFD"u8 });
            text = text[(at + 1)..];
        }
        Write(text);
    }

    /// <summary>As one component of a URL: everything but unreserved characters is percent-encoded (RFC 3986 §2.3), so it is safe in HTML too.</summary>
    public void WriteUrl(ReadOnlySpan<char> text) => WritePercent(text, Unreserved);

    /// <summary>
    /// As a whole URL that data gives, an image's for instance: only http and https, or <c>#</c> stands there. Quotes and brackets are percent-encoded
    /// and the ampersand is written as HTML wants it.
    /// </summary>
    public void WriteWholeUrl(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (!text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            Write("#"u8);
            return;
        }
        while (text.IndexOf('&') is >= 0 and var at)
        {
            WritePercent(text[..at], UrlText);
            Write("&amp;"u8);
            text = text[(at + 1)..];
        }
        WritePercent(text, UrlText);
    }

    /// <summary>As one line of text, a subject: controls and line breaks become blanks.</summary>
    public void WriteLine(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\0', '\u001f') is >= 0 and var at)
        {
            Write(text[..at]);
            Write(" "u8);
            text = text[(at + 1)..];
        }
        Write(text);
    }

    private void WritePercent(ReadOnlySpan<char> text, SearchValues<char> allowed)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (text.IndexOfAnyExcept(allowed) is >= 0 and var at)
        {
            Write(text[..at]);
            Rune.DecodeFromUtf16(text[at..], out var rune, out var used);
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                var escape = Take(3);
                if (escape.IsEmpty) return;
                escape[0] = (byte)'%';
                escape[1] = "0123456789ABCDEF"u8[b >> 4];
                escape[2] = "0123456789ABCDEF"u8[b & 15];
            }
            text = text[(at + used)..];
        }
        Write(text);
    }

    private bool Reserve(int bytes)
    {
        if (IsFull) return false;
        if (_buffer.Length - _length >= bytes) return true;
        if (_length + (long)bytes > MaxBytes)
        {
            IsFull = true;
            return false;
        }
        Array.Resize(ref _buffer, (int)Math.Min(Math.Max(_buffer.Length * 2L, _length + bytes), MaxBytes));
        return true;
    }
}
