using System.Security.Cryptography;
using System.Text;

namespace Modular.Tenancy.SmtpCredentials;

/// <summary>
/// What is kept of a submission password: enough for SCRAM-SHA-256 as it is, and to check PLAIN and LOGIN by deriving it once more (RFC 5802 §3, RFC 7677).
/// </summary>
internal sealed record SmtpSecret(string UserName, byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey)
{
    /// <summary>The least that is allowed (RFC 7677 §4). The password has 178 random bits: more rounds would cost us, and not those who guess.</summary>
    private const int Rounds = 4096;

    private const int KeyBytes = 32;

    /// <summary>Without letters and digits that look alike, and without a character that some program would have to escape.</summary>
    private const string Letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    public static (SmtpSecret Kept, string Password) NewRandom()
    {
        var password = RandomNumberGenerator.GetString(Letters, 31);
        var userName = "ms_" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 12);
        return (Derive(userName, password, RandomNumberGenerator.GetBytes(16)), password);
    }

    private static SmtpSecret Derive(string userName, string password, byte[] salt)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, Rounds, HashAlgorithmName.SHA256, KeyBytes);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        return new SmtpSecret(userName, salt, Rounds, SHA256.HashData(clientKey), HMACSHA256.HashData(salted, "Server Key"u8));
    }
}
