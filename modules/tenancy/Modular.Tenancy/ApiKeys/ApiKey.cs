using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Modular.Tenancy.ApiKeys;

/// <summary>
/// A program's key: <c>mk_</c>, 8 characters to recognise it by, <c>_</c>, and 256 random bits in base64url. Nobody can guess one, so the plain SHA-256 that
/// is stored is as good as a slow hash, and costs nothing at each request.
/// </summary>
internal static class ApiKey
{
    private const string Start = "mk_";
    private const int PrefixLength = 8;
    private const int SecretBytes = 32;

    /// <summary>Start, prefix, separator and secret: every key is exactly this long.</summary>
    private static readonly int Length = Start.Length + PrefixLength + 1 + Base64Url.GetEncodedLength(SecretBytes);

    public static (string Secret, string Prefix) NewRandom()
    {
        var prefix = Start + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", PrefixLength);
        return ($"{prefix}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}", prefix);
    }

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether it can be a key at all; what cannot be one is not looked up.</summary>
    public static bool HasShape([NotNullWhen(true)] string? text) => text is not null && text.Length == Length && text.StartsWith(Start, StringComparison.Ordinal);
}
