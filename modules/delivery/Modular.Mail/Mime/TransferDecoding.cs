using System.Buffers;
using System.Buffers.Text;

namespace Modular.Mail.Mime;

/// <summary>Undoes transfer encodings, whatever their senders did to them. Never fails, and takes time linear in the input.</summary>
internal static class TransferDecoding
{
    private static readonly sbyte[] Base64Values = MakeBase64Values();

    /// <summary>
    /// Base64 with anything between its characters ignored (RFC 2045 §6.8); padding ends it, whatever a mailing list put behind. Without
    /// padding, what is left of a last group counts, unless there was something else than base64 among it.
    /// </summary>
    public static byte[] Base64(ReadOnlySpan<byte> encoded)
    {
        var octets = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(encoded.Length + 3)];
        if (System.Buffers.Text.Base64.DecodeFromUtf8(encoded, octets, out var consumed, out var written) is OperationStatus.Done && consumed == encoded.Length)
            return octets[..written];

        written = 0;
        var bits = 0;
        var count = 0;
        var isClean = true;
        foreach (var octet in encoded)
        {
            int value = Base64Values[octet];
            if (value >= 0)
            {
                bits = ((bits << 6) + value) & 0xFFFFFF;
                if (++count < 4)
                    continue;
                octets[written++] = (byte)(bits >> 16);
                octets[written++] = (byte)(bits >> 8);
                octets[written++] = (byte)bits;
                count = 0;
            }
            else if (octet is (byte)'=' && count > 1)
            {
                isClean = true;
                break;
            }
            else
            {
                isClean &= octet is (byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t';
            }
        }

        if (isClean)
            written += WriteTail(bits, count, octets.AsSpan(written));
        return octets[..written];
    }

    /// <summary>Quoted-printable (RFC 2045 §6.7); what is no escape stands for itself, and line ends stay as they are.</summary>
    public static byte[] QuotedPrintable(ReadOnlySpan<byte> encoded)
    {
        var octets = new byte[encoded.Length];
        var written = 0;
        while (true)
        {
            var escape = encoded.IndexOf((byte)'=');
            if (escape < 0)
                break;
            encoded[..escape].CopyTo(octets.AsSpan(written));
            written += escape;
            encoded = encoded[(escape + 1)..];
            if (encoded.Length >= 2 && Utf8Parser.TryParse(encoded[..2], out byte value, out var read, 'x') && read is 2)
            {
                octets[written++] = value;
                encoded = encoded[2..];
                continue;
            }

            // A soft line break, also with blanks that were added behind its =.
            var blanks = encoded.IndexOfAnyExcept((byte)' ', (byte)'\t');
            var tail = blanks < 0 ? [] : encoded[blanks..];
            if (tail.StartsWith("\r\n"u8))
                encoded = tail[2..];
            else if (tail is [(byte)'\n' or (byte)'\r', ..])
                encoded = tail[1..];
            else if (tail.IsEmpty)
                encoded = [];
            else
                octets[written++] = (byte)'=';
        }

        encoded.CopyTo(octets.AsSpan(written));
        return octets[..(written + encoded.Length)];
    }

    private static int WriteTail(int bits, int count, Span<byte> octets)
    {
        if (count < 2)
            return 0;
        bits <<= 6 * (4 - count);
        octets[0] = (byte)(bits >> 16);
        if (count is 3)
            octets[1] = (byte)(bits >> 8);
        return count - 1;
    }

    private static sbyte[] MakeBase64Values()
    {
        var values = new sbyte[256];
        Array.Fill(values, (sbyte)-1);
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;
        for (var i = 0; i < alphabet.Length; i++)
            values[alphabet[i]] = (sbyte)i;
        return values;
    }
}
