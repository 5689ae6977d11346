using System.Buffers;
using System.Text;

namespace Modular.Mail.Dkim;

/// <summary>The fields of a header block as octet ranges, and their canonical forms. Keeps its list; not thread-safe.</summary>
internal sealed class HeaderBlock
{
    public const int MostFields = 1000;

    private readonly List<Field> fields = new(32);

    public int Count => fields.Count;

    /// <summary>
    /// Finds the fields of a block whose lines end in CRLF, up to its first empty line. False when there are more than
    /// <see cref="MostFields"/>, or a line is neither a field nor a continuation.
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> block)
    {
        fields.Clear();
        var at = 0;
        while (at < block.Length)
        {
            var end = EndOfLine(block, at);
            if (block[at..end].SequenceEqual("\r\n"u8))
                return true;
            while (end < block.Length && block[end] is (byte)' ' or (byte)'\t')
                end = EndOfLine(block, end);
            var colon = block[at..end].IndexOf((byte)':');
            if (colon < 1 || fields.Count == MostFields)
                return false;
            fields.Add(new Field(at, colon, end));
            at = end;
        }

        return true;
    }

    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> block, int field) =>
        block.Slice(fields[field].Start, fields[field].NameLength).TrimEnd(" \t"u8);

    /// <summary>The whole field with its line ends.</summary>
    public ReadOnlySpan<byte> Octets(ReadOnlySpan<byte> block, int field) => block[fields[field].Start..fields[field].End];

    /// <summary>The last field of that name before the given one, as signing takes them: from the bottom up (RFC 6376 §5.4.2). Negative when there is none.</summary>
    public int LastBefore(ReadOnlySpan<byte> block, ReadOnlySpan<byte> name, int before)
    {
        for (var i = before - 1; i >= 0; i--)
        {
            if (Ascii.EqualsIgnoreCase(Name(block, i), name))
                return i;
        }

        return -1;
    }

    /// <summary>Appends a field's canonical form with its final CRLF (RFC 6376 §3.4.1, RFC 6376 §3.4.2).</summary>
    public static void Canonicalize(ReadOnlySpan<byte> field, DkimCanonicalization canonicalization, ArrayBufferWriter<byte> output)
    {
        if (canonicalization is DkimCanonicalization.Simple)
        {
            output.Write(field);
            if (!field.EndsWith("\r\n"u8))
                output.Write("\r\n"u8);
            return;
        }

        var room = output.GetSpan(field.Length + 3);
        var colon = field.IndexOf((byte)':');
        Ascii.ToLower(field[..colon].TrimEnd(" \t"u8), room, out var used);
        room[used++] = (byte)':';
        var start = used;
        var pending = false;
        for (var value = field[(colon + 1)..]; !value.IsEmpty; value = value[1..])
        {
            if (value.StartsWith("\r\n"u8))
            {
                value = value[1..];     // a fold, or the end; a CR or LF alone is an octet like others
                continue;
            }

            if (value[0] is (byte)' ' or (byte)'\t')
            {
                pending = used > start;
                continue;
            }

            if (pending)
                room[used++] = (byte)' ';
            pending = false;
            room[used++] = value[0];
        }

        "\r\n"u8.CopyTo(room[used..]);
        output.Advance(used + 2);
    }

    private static int EndOfLine(ReadOnlySpan<byte> block, int from) =>
        block[from..].IndexOf("\r\n"u8) is >= 0 and var end ? from + end + 2 : block.Length;

    private readonly record struct Field(int Start, int NameLength, int End);
}
