using System.Security.Cryptography;

namespace Modular.Mail.Dkim;

/// <summary>What a key's TXT record says (RFC 6376 §3.6.1).</summary>
internal sealed record DkimPublicKey(string? Fault, byte[] Key, bool IsTesting, bool IsStrict)
{
    /// <param name="text">The record's strings joined without blanks.</param>
    public static DkimPublicKey Parse(string text)
    {
        if (TagList.Parse(text) is not { } tags)
            return Bad("the key record is malformed");
        if (tags["v"] is { } version && version is not "DKIM1")
            return Bad("the key record is not v=DKIM1");
        if ((tags["k"] ?? "rsa") is not "rsa")
            return Bad("the key is not of type rsa");
        if (tags["h"] is not null && !tags.Packed("h")!.Split(':').Contains("sha256", StringComparer.OrdinalIgnoreCase))
            return Bad("the key does not allow sha256");
        if (tags["s"] is not null && !tags.Packed("s")!.Split(':').Any(service => service is "*" or "email"))
            return Bad("the key is not for email");
        if (tags["p"] is not { } p)
            return Bad("the key record has no p=");
        if (p.Length is 0)
            return Bad("the key has been revoked");
        var flags = tags.Packed("t")?.Split(':') ?? [];
        try
        {
            return new DkimPublicKey(null, Convert.FromBase64String(tags.Packed("p")!), flags.Contains("y"), flags.Contains("s"));
        }
        catch (FormatException)
        {
            return Bad("p= is not base64");
        }
    }

    /// <summary>The key as an object, or null when its octets are none. Some publish it without the SubjectPublicKeyInfo around it.</summary>
    public RSA? Open()
    {
        var rsa = RSA.Create();
        try
        {
            try
            {
                rsa.ImportSubjectPublicKeyInfo(Key, out _);
            }
            catch (CryptographicException)
            {
                rsa.ImportRSAPublicKey(Key, out _);
            }

            return rsa;
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            return null;
        }
    }

    private static DkimPublicKey Bad(string fault) => new(fault, [], false, false);
}
