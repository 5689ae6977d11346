using System.Security.Cryptography;
using System.Text;

namespace Modular.Host.Migrating;

/// <summary>What PostgreSQL stores instead of a password (RFC 5802 §3). Made here, so that no password stands in a statement, and so in no log.</summary>
internal static class ScramVerifier
{
    private const int Iterations = 4096;   // PostgreSQL's own figure; our passwords are random, so stretching adds nothing

    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, 32);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }
}
