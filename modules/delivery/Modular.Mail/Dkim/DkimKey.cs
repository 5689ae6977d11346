using System.Security.Cryptography;

namespace Modular.Mail.Dkim;

/// <summary>A signing key and what DNS has to say of it.</summary>
/// <param name="PrivateKeyPem">PKCS#8 in PEM. Seal it before it is stored.</param>
/// <param name="DnsText">
/// The TXT record at <c>selector._domainkey.domain</c> (RFC 6376 §3.6.1). Longer than 255 octets: a zone file carries it as several
/// strings, which readers join without a blank (RFC 6376 §3.6.2.2).
/// </param>
public sealed record DkimKey(string PrivateKeyPem, string DnsText)
{
    private const int Bits = 2048; // the most that every receiver accepts in one UDP answer (RFC 8301 §3.2)

    /// <summary>Takes its randomness from the operating system.</summary>
    public static DkimKey Generate()
    {
        using var rsa = RSA.Create(Bits);
        return new DkimKey(rsa.ExportPkcs8PrivateKeyPem(), TextFor(rsa));
    }

    /// <summary>The DNS text of a key that is there already.</summary>
    /// <exception cref="ArgumentException">The PEM holds no RSA key.</exception>
    public static DkimKey FromPem(string privateKeyPem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(privateKeyPem);
        return new DkimKey(privateKeyPem, TextFor(rsa));
    }

    private static string TextFor(RSA rsa) => $"v=DKIM1; k=rsa; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}";
}
