using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Modular.Mail.Dkim;

/// <summary>A signing key and what DNS has to say of it.</summary>
/// <param name="PrivateKeyPem">PKCS#8 in PEM. Seal it before it is stored.</param>
/// <param name="DnsText">
/// The TXT record at <c>selector._domainkey.domain</c> (RFC 6376 §3.6.1). Longer than 255 octets for RSA: a zone file carries it as several
/// strings, which readers join without a blank (RFC 6376 §3.6.2.2).
/// </param>
public sealed record DkimKey(string PrivateKeyPem, string DnsText)
{
    private const int Bits = 2048; // the most that every receiver accepts in one UDP answer (RFC 8301 §3.2)
    private const string Ed25519Oid = "1.3.101.112"; // RFC 8410 §3

    /// <summary>Null where <see cref="DkimSignatureAlgorithm.Ed25519Sha256"/> can be signed and checked; else why not.</summary>
    public static string? WhyNoEd25519 => Ed25519.WhyNot;

    /// <summary>An RSA key of 2048 bits, with randomness from the operating system.</summary>
    public static DkimKey Generate() => Generate(DkimSignatureAlgorithm.RsaSha256);

    /// <summary>Takes its randomness from the operating system.</summary>
    /// <exception cref="PlatformNotSupportedException">Ed25519 is wanted and <see cref="WhyNoEd25519"/> is not null.</exception>
    public static DkimKey Generate(DkimSignatureAlgorithm algorithm)
    {
        if (algorithm is DkimSignatureAlgorithm.Ed25519Sha256)
            return FromSeed(RandomNumberGenerator.GetBytes(Ed25519.KeyBytes));
        using var rsa = RSA.Create(Bits);
        return new DkimKey(rsa.ExportPkcs8PrivateKeyPem(), TextFor(rsa));
    }

    /// <summary>The DNS text of a key that is there already.</summary>
    /// <exception cref="ArgumentException">The PEM holds neither an RSA nor an Ed25519 key.</exception>
    /// <exception cref="PlatformNotSupportedException">It holds an Ed25519 key and <see cref="WhyNoEd25519"/> is not null.</exception>
    public static DkimKey FromPem(string privateKeyPem)
    {
        if (TryReadSeed(privateKeyPem, out var seed))
            return FromSeed(seed);
        using var rsa = RSA.Create();
        rsa.ImportFromPem(privateKeyPem);
        return new DkimKey(privateKeyPem, TextFor(rsa));
    }

    /// <summary>Ed25519 from the 32 octets of RFC 8032 §5.1.5.</summary>
    internal static DkimKey FromSeed(byte[] seed)
    {
        using var key = new Ed25519.PrivateKey(seed);
        return new DkimKey(PemFor(seed), $"v=DKIM1; k=ed25519; p={Convert.ToBase64String(key.PublicKey())}");   // RFC 8463 §4
    }

    /// <summary>The seed in a PKCS#8 PEM of an Ed25519 key (RFC 8410 §7); false for any other.</summary>
    internal static bool TryReadSeed(ReadOnlySpan<char> pem, out byte[] seed)
    {
        seed = [];
        if (!PemEncoding.TryFind(pem, out var found) || pem[found.Label] is not "PRIVATE KEY")
            return false;
        var der = new byte[found.DecodedDataLength];
        if (!Convert.TryFromBase64Chars(pem[found.Base64Data], der, out var length))
            return false;
        try
        {
            var info = new AsnReader(der.AsMemory(0, length), AsnEncodingRules.BER).ReadSequence();
            info.ReadInteger();
            if (info.ReadSequence().ReadObjectIdentifier() is not Ed25519Oid)
                return false;
            seed = new AsnReader(info.ReadOctetString(), AsnEncodingRules.BER).ReadOctetString();
            return seed.Length is Ed25519.KeyBytes;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static string PemFor(byte[] seed)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
                writer.WriteObjectIdentifier(Ed25519Oid);
            using (writer.PushOctetString())
                writer.WriteOctetString(seed);
        }

        return PemEncoding.WriteString("PRIVATE KEY", writer.Encode());
    }

    private static string TextFor(RSA rsa) => $"v=DKIM1; k=rsa; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}";
}
