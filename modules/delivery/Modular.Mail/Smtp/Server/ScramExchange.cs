using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Modular.Mail.Smtp.Server;

/// <summary>The server's side of one SCRAM-SHA-256 conversation (RFC 5802 §5, §7; RFC 7677), without channel binding.</summary>
internal sealed class ScramExchange
{
    private const int MaxMessageBytes = 2048, MaxNonceBytes = 256;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _gs2Header, _clientFirstBare, _nonce;
    private string _serverFirst = "";
    private ScramKeys? _keys;

    private ScramExchange(string gs2Header, string clientFirstBare, string userName, string nonce)
    {
        (_gs2Header, _clientFirstBare, _nonce, UserName) = (gs2Header, clientFirstBare, nonce, userName);
    }

    public string UserName { get; }

    /// <summary>
    /// Reads the client's first message. Null when it is malformed, wants channel binding, which is not offered, or wants to act for somebody else.
    /// </summary>
    /// <param name="serverNonce">Random printable ASCII without commas.</param>
    public static ScramExchange? TryBegin(ReadOnlySpan<byte> clientFirst, string serverNonce)
    {
        if (!TryDecode(clientFirst, out var text) || !(text.StartsWith("n,", StringComparison.Ordinal) || text.StartsWith("y,", StringComparison.Ordinal)))
            return null;
        var bareAt = text.IndexOf(',', 2) + 1;
        if (bareAt is 0)
            return null;
        var (authzid, bare) = (text[2..(bareAt - 1)], text[bareAt..]);
        var fields = bare.Split(',');   // m=, an extension that must be understood, is none of ours and is refused by its place
        if (fields.Length < 2 || !TryReadName(fields[0], "n=", out var userName) || !fields[1].StartsWith("r=", StringComparison.Ordinal))
            return null;
        var nonce = fields[1][2..];
        if (nonce.Length is 0 or > MaxNonceBytes || nonce.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return null;
        if (authzid.Length > 0 && (!TryReadName(authzid, "a=", out var actAs) || actAs != userName))
            return null;
        return new ScramExchange(text[..bareAt], bare, userName, nonce + serverNonce);
    }

    public byte[] Challenge(ScramKeys keys)
    {
        _keys = keys;
        _serverFirst = $"r={_nonce},s={Convert.ToBase64String(keys.Salt.Span)},i={keys.Iterations}";
        return Encoding.ASCII.GetBytes(_serverFirst);
    }

    /// <summary>The message that proves us to the client; null when the client did not prove itself.</summary>
    public byte[]? Finish(ReadOnlySpan<byte> clientFinal)
    {
        if (_keys is null || !TryDecode(clientFinal, out var text))
            return null;
        var proofAt = text.LastIndexOf(",p=", StringComparison.Ordinal);
        if (proofAt < 0)
            return null;
        var withoutProof = text[..proofAt];
        var expected = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(_gs2Header))},r={_nonce}";
        if (!(withoutProof == expected || withoutProof.StartsWith(expected + ",", StringComparison.Ordinal)))
            return null;
        Span<byte> proof = stackalloc byte[48];
        if (!Convert.TryFromBase64String(text[(proofAt + 3)..], proof, out var length))
            return null;

        var authMessage = Encoding.UTF8.GetBytes($"{_clientFirstBare},{_serverFirst},{withoutProof}");
        return _keys.IsProof(authMessage, proof[..length])
            ? Encoding.ASCII.GetBytes("v=" + Convert.ToBase64String(HMACSHA256.HashData(_keys.ServerKey.Span, authMessage)))
            : null;
    }

    public static string NewNonce() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18));

    private static bool TryDecode(ReadOnlySpan<byte> message, out string text)
    {
        text = "";
        if (message.Length is 0 or > MaxMessageBytes || message.ContainsAnyInRange((byte)0, (byte)0x1f))
            return false;
        try
        {
            text = Utf8.GetString(message);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>A name with <c>=2C</c> for a comma and <c>=3D</c> for an equals sign, and no other escapes (RFC 5802 §5.1).</summary>
    private static bool TryReadName(string field, string prefix, out string name)
    {
        name = "";
        if (!field.StartsWith(prefix, StringComparison.Ordinal) || field.Length == prefix.Length)
            return false;
        var escaped = field[prefix.Length..];
        name = escaped.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        return escaped.Split('=').Length - 1 == (escaped.Length - name.Length) / 2;
    }
}
