using System.Text;

namespace Modular.Mail.Smtp.Server;

/// <summary>Reads what PLAIN and LOGIN send (RFC 4616 §2).</summary>
internal static class SaslPlain
{
    private const int MaxNameBytes = 255, MaxPasswordBytes = 4096;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads <c>authzid NUL authcid NUL password</c>; false when malformed, or when it wants to act for somebody else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out string userName, out string password)
    {
        userName = password = "";
        var first = message.IndexOf((byte)0);
        if (first < 0)
            return false;
        var rest = message[(first + 1)..];
        var second = rest.IndexOf((byte)0);
        if (second < 0 || rest[(second + 1)..].Contains((byte)0))
            return false;
        return TryReadName(rest[..second], out userName) && TryReadPassword(rest[(second + 1)..], out password)
            && (first is 0 || message[..first].SequenceEqual(rest[..second]));
    }

    public static bool TryReadName(ReadOnlySpan<byte> bytes, out string name) =>
        TryDecode(bytes, MaxNameBytes, out name) && !name.Any(char.IsControl);

    public static bool TryReadPassword(ReadOnlySpan<byte> bytes, out string password) => TryDecode(bytes, MaxPasswordBytes, out password);

    private static bool TryDecode(ReadOnlySpan<byte> bytes, int maxBytes, out string text)
    {
        text = "";
        if (bytes.Length is 0 || bytes.Length > maxBytes)
            return false;
        try
        {
            text = Utf8.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
