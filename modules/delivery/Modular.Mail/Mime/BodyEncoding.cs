using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Modular.Mail.Mime;

/// <summary>How a body that we write is encoded; chosen by its content.</summary>
internal enum BodyEncoding
{
    QuotedPrintable,

    /// <summary>Octets as they are (RFC 2045 §6.8).</summary>
    Base64,

    /// <summary>Base64 of text, its line ends made CRLF before.</summary>
    Base64Text,
}

internal static class BodyEncodings
{
    extension(BodyEncoding encoding)
    {
        /// <summary>The value of Content-Transfer-Encoding (RFC 2045 §6.1).</summary>
        public string Name => encoding is BodyEncoding.QuotedPrintable ? "quoted-printable" : "base64";
    }

    /// <summary>Quoted-printable adds two octets for each that it escapes, base64 37 % of everything.</summary>
    public static BodyEncoding ForText(ReadOnlySpan<byte> text) =>
        2L * (CountHigh(text) + text.Count((byte)'=')) > text.Length * 37L / 100 ? BodyEncoding.Base64Text : BodyEncoding.QuotedPrintable;

    private static int CountHigh(ReadOnlySpan<byte> octets)
    {
        var count = 0;
        var words = MemoryMarshal.Cast<byte, ulong>(octets);
        foreach (var word in words)
            count += BitOperations.PopCount(word & 0x8080808080808080);
        foreach (var octet in octets[(words.Length * Unsafe.SizeOf<ulong>())..])
            count += octet >> 7;
        return count;
    }
}
