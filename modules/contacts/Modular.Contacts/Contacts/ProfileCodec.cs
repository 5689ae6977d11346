using System.Buffers.Binary;
using System.Text;

namespace Modular.Contacts;

/// <summary>
/// The plain form of a profile, before it is sealed: compact, versioned, and the same bytes for the same values.
/// <code>
/// profile = version(1) text(address as typed) *field
/// field   = varint(field id, rising) tag(1) value
/// value   = tag 1 text:    varint(bytes) UTF-8          tag 2 number:  scale(1) zigzag varint(unscaled)
///           tag 3 false, tag 4 true: nothing            tag 5 date:    varint(days since 0001-01-01)
///           tag 6 instant: zigzag varint(µs since 1970) tag 7 words:   varint(count) *text
///           tag 8 number beyond 63 bits: 16 bytes, the four words of System.Decimal, little endian
/// varint  = 7 bits a byte, the lowest first, the high bit set on all but the last
/// </code>
/// </summary>
internal static class ProfileCodec
{
    private const byte Version = 1;

    private enum Tag : byte { Text = 1, Number, False, True, Date, Instant, Words, LongNumber }

    /// <param name="fields">In order of rising id.</param>
    public static ReadOnlySpan<byte> Encode(ProfileBuffer buffer, string email, IEnumerable<KeyValuePair<long, object>> fields)
    {
        buffer.Clear();
        buffer.Byte(Version);
        buffer.Text(email);
        foreach (var (id, value) in fields) EncodeField(buffer, id, value);
        return buffer.Written;
    }

    /// <summary>Reads a whole profile.</summary>
    /// <exception cref="InvalidDataException">Not a profile, or one of a later version.</exception>
    public static (string Email, SortedList<long, object> Fields) Decode(ReadOnlySpan<byte> profile)
    {
        var cursor = Start(profile);
        var email = cursor.Text();
        var fields = new SortedList<long, object>();
        while (!cursor.IsAtEnd) fields.Add((long)cursor.Varint(), DecodeValue(ref cursor));
        return (email, fields);
    }

    /// <summary>Reads the address alone.</summary>
    public static string DecodeEmail(ReadOnlySpan<byte> profile) => Start(profile).Text();

    private static Cursor Start(ReadOnlySpan<byte> profile) =>
        profile is [Version, ..] ? new Cursor(profile[1..]) : throw new InvalidDataException($"A profile of version {(profile.IsEmpty ? "none" : profile[0])} is not known here.");

    private static void EncodeField(ProfileBuffer buffer, long id, object value)
    {
        buffer.Varint((ulong)id);
        switch (value)
        {
            case string text:
                buffer.Byte((byte)Tag.Text);
                buffer.Text(text);
                break;
            case decimal number:
                EncodeNumber(buffer, number);
                break;
            case bool flag:
                buffer.Byte((byte)(flag ? Tag.True : Tag.False));
                break;
            case DateOnly date:
                buffer.Byte((byte)Tag.Date);
                buffer.Varint((ulong)date.DayNumber);
                break;
            case DateTimeOffset at:
                buffer.Byte((byte)Tag.Instant);
                buffer.Varint(ZigZag((at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond));
                break;
            case IReadOnlyList<string> words:
                buffer.Byte((byte)Tag.Words);
                buffer.Varint((ulong)words.Count);
                foreach (var word in words) buffer.Text(word);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(value), value.GetType(), "No field has such a value.");
        }
    }

    private static void EncodeNumber(ProfileBuffer buffer, decimal number)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(number, bits);
        if (bits[2] == 0 && bits[1] >= 0)
        {
            var unscaled = (long)((ulong)(uint)bits[1] << 32 | (uint)bits[0]);
            buffer.Byte((byte)Tag.Number);
            buffer.Byte(number.Scale);
            buffer.Varint(ZigZag(number < 0 ? -unscaled : unscaled));
            return;
        }
        buffer.Byte((byte)Tag.LongNumber);
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 * i)..], bits[i]);
        buffer.Bytes(bytes);
    }

    private static object DecodeValue(ref Cursor cursor)
    {
        switch ((Tag)cursor.Byte())
        {
            case Tag.Text: return cursor.Text();
            case Tag.Number:
                var scale = cursor.Byte();
                var unscaled = UnZigZag(cursor.Varint());
                return new decimal((int)Math.Abs(unscaled), (int)(Math.Abs(unscaled) >> 32), 0, unscaled < 0, scale);
            case Tag.False: return false;
            case Tag.True: return true;
            case Tag.Date: return DateOnly.FromDayNumber((int)cursor.Varint());
            case Tag.Instant: return DateTimeOffset.UnixEpoch.AddTicks(UnZigZag(cursor.Varint()) * TimeSpan.TicksPerMicrosecond);
            case Tag.Words:
                var words = new string[(int)Math.Min(cursor.Varint(), 100_000)];
                for (var i = 0; i < words.Length; i++) words[i] = cursor.Text();
                return words;
            case Tag.LongNumber:
                var bytes = cursor.Take(16);
                Span<int> bits = stackalloc int[4];
                for (var i = 0; i < 4; i++) bits[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);
                return new decimal(bits);
            case var tag: throw new InvalidDataException($"A profile holds a value of the unknown kind {(byte)tag}.");
        }
    }

    private static ulong ZigZag(long value) => (ulong)(value << 1) ^ (ulong)(value >> 63);

    private static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private ref struct Cursor(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public byte Byte() => Take(1)[0];

        public string Text() => Encoding.UTF8.GetString(Take((int)Math.Min(Varint(), int.MaxValue)));

        public ulong Varint()
        {
            ulong value = 0;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var b = Byte();
                value |= (ulong)(b & 127) << shift;
                if (b < 128) return value;
            }
            throw new InvalidDataException("A profile holds a number without an end.");
        }

        public ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length) throw new InvalidDataException("A profile ends in the middle of a value.");
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
