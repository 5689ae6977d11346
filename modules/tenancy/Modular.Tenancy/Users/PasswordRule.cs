using System.Security.Cryptography;
using System.Text;

namespace Modular.Tenancy.Users;

/// <summary>
/// What is a password at all, whatever the policy: characters of any kind, compared in normal form KC, so that it does not matter on which keyboard they were typed.
/// </summary>
internal static class PasswordRule
{
    /// <summary>Bounds the work of one attempt.</summary>
    public const int LongestBytes = 256;

    /// <summary>Letters and digits that are not taken for one another.</summary>
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

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
