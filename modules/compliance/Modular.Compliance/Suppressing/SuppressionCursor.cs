using System.Buffers.Binary;
using System.Buffers.Text;

namespace Modular.Compliance.Suppressing;

/// <summary>The place of an entry in the list, as text: where the next page begins.</summary>
internal static class SuppressionCursor
{
    private const int Bytes = 8 + 16;

    public static string Of(Suppression last)
    {
        Span<byte> place = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(place, last.At.UtcTicks);
        last.Email.Value.TryWriteBytes(place[8..]);
        return Base64Url.EncodeToString(place);
    }

    public static bool TryParse(string text, out (DateTimeOffset At, Guid Email) place)
    {
        place = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text.Length != Base64Url.GetEncodedLength(Bytes) || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Bytes) return false;
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (ticks < DateTimeOffset.UnixEpoch.Ticks || ticks > DateTimeOffset.MaxValue.Ticks) return false;
        place = (new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[8..]));
        return true;
    }
}
