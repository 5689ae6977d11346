using System.Security.Cryptography;
using System.Text;

namespace Modular.Mail.Smtp;

/// <summary>
/// What a server keeps of a password (RFC 5802 §3, with SHA-256 as RFC 7677 has it). It checks SCRAM, PLAIN and LOGIN, and gives nobody the password.
/// </summary>
/// <param name="Salt">Random, at least 16 bytes.</param>
/// <param name="Iterations">Of PBKDF2: <see cref="MinIterations"/> or more.</param>
/// <param name="StoredKey">32 bytes.</param>
/// <param name="ServerKey">32 bytes.</param>
public sealed record ScramKeys(ReadOnlyMemory<byte> Salt, int Iterations, ReadOnlyMemory<byte> StoredKey, ReadOnlyMemory<byte> ServerKey)
{
    public const int MinIterations = 4096;   // RFC 7677 §4

    private const int KeyBytes = 32, MaxPasswordChars = 1024;

    /// <exception cref="ArgumentException">The password is empty, longer than 1,024 characters, or holds control characters.</exception>
    public static ScramKeys Derive(string password, ReadOnlySpan<byte> salt, int iterations)
    {
        if (!TryPrepare(password, out var prepared))
            throw new ArgumentException("A password has 1 to 1,024 characters, and no control characters.", nameof(password));
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, MinIterations);
        var salted = Rfc2898DeriveBytes.Pbkdf2(prepared, salt, iterations, HashAlgorithmName.SHA256, KeyBytes);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        return new ScramKeys(salt.ToArray(), iterations, SHA256.HashData(clientKey), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    /// <summary>True when the password gives these keys. Takes as long for a wrong one.</summary>
    public bool IsPassword(string password)
    {
        var isPossible = TryPrepare(password, out var prepared);
        var salted = Rfc2898DeriveBytes.Pbkdf2(isPossible ? prepared : "x", Salt.Span, Iterations, HashAlgorithmName.SHA256, KeyBytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        return CryptographicOperations.FixedTimeEquals(stored, StoredKey.Span) && isPossible;
    }

    /// <summary>True when the client's proof shows that it knows the password (RFC 5802 §3).</summary>
    internal bool IsProof(ReadOnlySpan<byte> authMessage, ReadOnlySpan<byte> proof)
    {
        if (proof.Length is not KeyBytes)
            return false;
        Span<byte> clientKey = stackalloc byte[KeyBytes];
        HMACSHA256.HashData(StoredKey.Span, authMessage, clientKey);
        for (var i = 0; i < KeyBytes; i++)
            clientKey[i] ^= proof[i];
        Span<byte> stored = stackalloc byte[KeyBytes];
        SHA256.HashData(clientKey, stored);
        return CryptographicOperations.FixedTimeEquals(stored, StoredKey.Span);
    }

    /// <summary>
    /// Keys for a user name that nobody has: no password fits, and the salt is the same at every try, so that asking twice tells nothing (RFC 5802 §9).
    /// </summary>
    internal static ScramKeys Decoy(ReadOnlySpan<byte> secret, string userName)
    {
        var seed = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(userName.ToLowerInvariant()));
        return new ScramKeys(seed.AsMemory(0, 16), MinIterations, HMACSHA256.HashData(secret, seed), new byte[KeyBytes]);
    }

    /// <summary>The part of RFC 4013 that matters to passwords that people type: compatibility forms are one, controls are none.</summary>
    private static bool TryPrepare(string password, out string prepared)
    {
        prepared = "";
        if (password.Length is 0 or > MaxPasswordChars || password.Any(char.IsControl))
            return false;
        try
        {
            prepared = password.Normalize(NormalizationForm.FormKC);
            return true;
        }
        catch (ArgumentException)
        {
            return false;   // half a surrogate pair
        }
    }
}
