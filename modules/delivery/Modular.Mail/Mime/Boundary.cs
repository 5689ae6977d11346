using System.Security.Cryptography;
using System.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// A multipart boundary (RFC 2046 §5.1.1) that follows from the Message-ID, so that writing a message again gives the same octets.
/// It begins with <c>=_</c>, which no quoted-printable or base64 line can hold (RFC 2045 §6.7).
/// </summary>
internal static class Boundary
{
    public const int Octets = 34;

    /// <param name="boundary">Room for <see cref="Octets"/>.</param>
    public static void Derive(MessageId id, Span<byte> boundary)
    {
        Span<byte> text = stackalloc byte[256];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.ASCII.GetBytes(id.Value, text)], hash);
        "=_"u8.CopyTo(boundary);
        Convert.TryToHexStringLower(hash[..((Octets - 2) / 2)], boundary[2..], out _);
    }
}
