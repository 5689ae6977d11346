using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Modular.Mail.Smtp.Client;

/// <summary>
/// Our side of SCRAM-SHA-256 (RFC 5802 §5, RFC 7677): proves that we know the password without saying it, and makes the server prove the same.
/// Pure: the nonce comes in.
/// </summary>
internal sealed class ScramClient(string userName, string password, string nonce)
{
    /// <summary>Fewer make guessing cheap for who listens (RFC 7677 §4); more are no security but a way to keep us busy.</summary>
    public const int MinIterations = 4096, MaxIterations = 1_000_000;

    private const string NoBinding = "n,,";

    private string _signature = "";

    private string Bare { get; } = $"n={Prepared(userName).Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={nonce}";

    public string First => NoBinding + Bare;

    /// <summary>The answer to the server's first message.</summary>
    /// <exception cref="FormatException">It is no such message, or asks for what we do not do.</exception>
    public string Answer(string serverFirst)
    {
        var fields = serverFirst.Split(',');
        if (fields is not [['r', '=', .. var whole], ['s', '=', .. var salt], ['i', '=', .. var count], ..])
            throw new FormatException("The server's first message of SCRAM is not r=, s=, i=.");
        if (!whole.StartsWith(nonce, StringComparison.Ordinal) || whole.Length == nonce.Length)
            throw new FormatException("The server's nonce does not begin with ours.");
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < MinIterations or > MaxIterations)
            throw new FormatException($"The server asks for {count} iterations; {MinIterations} to {MaxIterations} are right.");

        var final = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(NoBinding))},r={whole}";
        var said = Encoding.UTF8.GetBytes($"{Bare},{serverFirst},{final}");
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(Prepared(password)), Convert.FromBase64String(salt), iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var proof = HMACSHA256.HashData(salted, "Client Key"u8);
        var signature = HMACSHA256.HashData(SHA256.HashData(proof), said);
        for (var i = 0; i < proof.Length; i++)
            proof[i] ^= signature[i];
        _signature = "v=" + Convert.ToBase64String(HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), said));
        return $"{final},p={Convert.ToBase64String(proof)}";
    }

    /// <summary>Whether the server's last message proves that it knows the password too.</summary>
    public bool IsServer(string serverFinal) =>
        _signature.Length > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(serverFinal.Split(',')[0]), Encoding.UTF8.GetBytes(_signature));

    /// <summary>SASLprep for what people type: compatibility characters composed, odd blanks made plain (RFC 4013 §2).</summary>
    private static string Prepared(string text) =>
        Ascii.IsValid(text) ? text : string.Concat(text.Select(static c => char.IsWhiteSpace(c) ? ' ' : c)).Normalize(NormalizationForm.FormKC);
}
