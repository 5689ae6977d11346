namespace Modular.Mail.Mime;

/// <summary>Undoes uuencode, which came before base64 and still occurs. Never fails; takes time linear in the input.</summary>
internal static class UuDecoding
{
    /// <summary>What stands between <c>begin</c> and <c>end</c>; the input itself when there is no <c>begin</c> line.</summary>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> encoded)
    {
        var rest = encoded.Span;
        if (!SkipToBegin(ref rest))
            return encoded;
        var octets = new byte[rest.Length];
        var written = 0;
        while (!rest.IsEmpty)
        {
            var line = NextLine(ref rest);
            if (line.IsEmpty)
                continue;
            if (Value(line[0]) is not (> 0 and var count))
                break; // an empty line of data, or "end"
            written += DecodeLine(line[1..], count, octets.AsSpan(written));
        }

        return octets.AsMemory(0, written);
    }

    private static bool SkipToBegin(ref ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            if (NextLine(ref rest).StartsWith("begin "u8))
                return true;
        }

        return false;
    }

    /// <summary>Groups of four characters are three octets; trailing blanks that were cut on the way count as zeros.</summary>
    private static int DecodeLine(ReadOnlySpan<byte> line, int count, Span<byte> octets)
    {
        count = Math.Min(count, octets.Length);
        for (var i = 0; i < count; i++)
        {
            var group = i / 3 * 4;
            octets[i] = (byte)((i % 3) switch
            {
                0 => At(line, group) << 2 | At(line, group + 1) >> 4,
                1 => At(line, group + 1) << 4 | At(line, group + 2) >> 2,
                _ => At(line, group + 2) << 6 | At(line, group + 3),
            });
        }

        return count;

        static int At(ReadOnlySpan<byte> line, int at) => at < line.Length ? Value(line[at]) : 0;
    }

    private static int Value(byte octet) => octet is >= (byte)' ' and <= (byte)'`' ? (octet - ' ') & 0x3F : 0;

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return line;
    }
}
