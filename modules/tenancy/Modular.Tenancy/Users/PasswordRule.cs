using System.Security.Cryptography;
using System.Text;

namespace Modular.Tenancy.Users;

/// <summary>
/// What a password must be, after NIST SP 800-63B-4 §3.1.1.2 for a single factor: 15 characters of any kind, no rules of composition, no expiry.
/// Compared in normal form KC, so that it does not matter on which keyboard it was typed.
/// </summary>
internal static class PasswordRule
{
    public const int Shortest = 15;

    /// <summary>Bounds the work of one attempt.</summary>
    public const int LongestBytes = 256;

    /// <summary>Letters and digits that are not taken for one another.</summary>
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    public static Fault? FaultOf(string password)
    {
        if (!IsWithinBounds(password)) return new PasswordTooLong();
        return new System.Globalization.StringInfo(Normal(password)).LengthInTextElements < Shortest ? new PasswordTooShort() : null;
    }

    public static bool IsWithinBounds(string password) => password.Length <= LongestBytes && Encoding.UTF8.GetByteCount(password) <= LongestBytes;

    public static string Normal(string password)
    {
        try
        {
            return password.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)   // half a surrogate pair: compared as it is
        {
            return password;
        }
    }

    /// <summary>Four groups of five, 99 bits.</summary>
    public static string NewRandom() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Alphabet, 5)));
}
