using System.Security.Cryptography;
using System.Text;

namespace Modular.Mail.Dkim;

/// <summary>Who signs: the d= and s= tags and the key that is published there.</summary>
/// <param name="Domain">In A-labels.</param>
/// <param name="Selector">The key's record is at <c>selector._domainkey.domain</c>.</param>
/// <param name="PrivateKeyPem">An RSA key of at least 1024 bits, PKCS#8 or PKCS#1, or an Ed25519 key, PKCS#8.</param>
public sealed record DkimSigningKey(string Domain, string Selector, string PrivateKeyPem)
{
    /// <summary>Without the key, so that it cannot get into a log.</summary>
    public override string ToString() => $"{Selector}._domainkey.{Domain}";
}

/// <summary>A key opened for signing, with room for its signature. Not thread-safe.</summary>
internal sealed class OpenedKey : IDisposable
{
    private const int LeastKeyBits = 1024; // RFC 8301 §3.2

    private readonly RSA? rsa;
    private readonly Ed25519.PrivateKey? ed25519;
    private readonly byte[] signature;

    public OpenedKey(DkimSigningKey key, string canonicalization)
    {
        if (!IsName(key.Domain))
            throw new ArgumentException("The signing domain is a host name in A-labels.", nameof(key));
        if (!IsName(key.Selector))
            throw new ArgumentException("A selector is made of host-name labels.", nameof(key));
        if (DkimKey.TryReadSeed(key.PrivateKeyPem, out var seed))
        {
            ed25519 = new Ed25519.PrivateKey(seed);
            signature = new byte[Ed25519.SignatureBytes];
        }
        else
        {
            rsa = OpenRsa(key.PrivateKeyPem);
            signature = new byte[rsa.KeySize / 8];
        }

        var algorithm = rsa is null ? "ed25519-sha256" : "rsa-sha256";
        Opening = Encoding.ASCII.GetBytes($"DKIM-Signature: v=1; a={algorithm}; c={canonicalization};\r\n d={key.Domain};\r\n s={key.Selector}; t=");
    }

    /// <summary>The field up to the number of t=.</summary>
    public byte[] Opening { get; }

    /// <returns>The signature, until the next call.</returns>
    public ReadOnlySpan<byte> Sign(ReadOnlySpan<byte> hash)
    {
        if (ed25519 is not null)
            ed25519.Sign(hash, signature);
        else if (!rsa!.TrySignHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, out _)) // the one or the other is there
            throw new CryptographicException("The signature does not fit the key's size.");
        return signature;
    }

    public void Dispose()
    {
        rsa?.Dispose();
        ed25519?.Dispose();
    }

    private static RSA OpenRsa(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return rsa.KeySize >= LeastKeyBits ? rsa : throw new ArgumentException($"An RSA key for DKIM has at least {LeastKeyBits} bits.", nameof(pem));
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
    }

    private static bool IsName(string name) =>
        name is { Length: > 0 and <= 253 } && name.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
