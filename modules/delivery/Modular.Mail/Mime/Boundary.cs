using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// A multipart boundary (RFC 2046 §5.1.1) that follows from what it stands for, so that writing a message again gives the same octets.
/// It begins with <c>=_</c>, which no quoted-printable or base64 line can hold (RFC 2045 §6.7).
/// </summary>
internal static class Boundary
{
    public const int Octets = 34;

    /// <summary>From the Message-ID of a message that has one multipart.</summary>
    /// <param name="boundary">Room for <see cref="Octets"/>.</param>
    public static void Derive(MessageId id, Span<byte> boundary)
    {
        Span<byte> text = stackalloc byte[256];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.ASCII.GetBytes(id.Value, text)], hash);
        Write(hash, boundary);
    }

    /// <summary>From the octets of the parts that it is to separate: no part holds the hash of itself, not even one that was received.</summary>
    public static byte[] Of(IReadOnlyList<MimePart> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var writer = new HashWriter(hash);
        foreach (var part in parts)
            part.WriteTo(writer);
        var boundary = new byte[Octets];
        Write(hash.GetHashAndReset(), boundary);
        return boundary;
    }

    private static void Write(ReadOnlySpan<byte> hash, Span<byte> boundary)
    {
        "=_"u8.CopyTo(boundary);
        Convert.TryToHexStringLower(hash[..((Octets - 2) / 2)], boundary[2..], out _);
    }

    /// <summary>Keeps nothing of what is written to it but its hash.</summary>
    private sealed class HashWriter(IncrementalHash hash) : IBufferWriter<byte>
    {
        private byte[] room = new byte[4096];

        public void Advance(int count) => hash.AppendData(room, 0, count);

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (room.Length < sizeHint)
                room = new byte[sizeHint];
            return room;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
