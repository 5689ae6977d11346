using System.Security.Cryptography;

namespace Modular.Mail.Dkim;

/// <summary>What a key's TXT record says (RFC 6376 §3.6.1).</summary>
/// <param name="Fault">Why no signature can be checked with it; null when one can.</param>
/// <param name="Type">k=: rsa or ed25519.</param>
/// <param name="Granularity">g=, from RFC 4871 §3.6.1: which local parts of i= may use the key; null is all.</param>
/// <param name="IsTesting">t=y: a failure means no more than no signature.</param>
/// <param name="IsStrict">t=s: i= has just the domain of d=.</param>
internal sealed record DkimPublicKey(string? Fault, string Type, byte[] Key, string? Granularity, bool IsTesting, bool IsStrict)
{
    private const int LeastKeyBits = 1024, MostKeyBits = 8192; // RFC 8301 §3.2; above it a check costs more than it tells

    /// <param name="text">The record's strings joined without blanks.</param>
    public static DkimPublicKey Parse(string text)
    {
        if (TagList.Parse(text) is not { } tags)
            return Bad("the key record is malformed");
        if (tags["v"] is { } version && version is not "DKIM1")
            return Bad("the key record is not v=DKIM1");
        var type = tags["k"] ?? "rsa";
        if (type is not ("rsa" or "ed25519"))
            return Bad("the key is of no known type");
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
            var granularity = tags["g"] is { Length: > 0 } g && g is not "*" ? g : null;
            return new DkimPublicKey(null, type, Convert.FromBase64String(tags.Packed("p")!), granularity, flags.Contains("y"), flags.Contains("s"));
        }
        catch (FormatException)
        {
            return Bad("p= is not base64");
        }
    }

    /// <summary>Why this key cannot have made that signature; null when it can.</summary>
    public string? FaultFor(DkimSignature signature)
    {
        if (Fault is not null)
            return Fault;
        if (signature.Algorithm != Type + "-sha256")
            return $"the key is not of type {signature.Algorithm[..signature.Algorithm.IndexOf('-', StringComparison.Ordinal)]}";
        var at = signature.Identity.LastIndexOf('@');
        if (IsStrict && !signature.Identity.AsSpan(at + 1).Equals(signature.Domain, StringComparison.OrdinalIgnoreCase))
            return "the key does not allow subdomains in i=";
        return Granularity is { } pattern && !Matches(pattern, signature.Identity.AsSpan(0, Math.Max(at, 0))) ? "the key is not for the local part of i=" : null;
    }

    /// <summary>Checks a signature over a hash; null when it is good, else the reason. <paramref name="isUsable"/> is false when the key itself is at fault.</summary>
    public string? Check(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature, out bool isUsable)
    {
        const string NoMatch = "the signed fields have been changed, or the key is another";
        if (Type is "ed25519")
        {
            isUsable = Ed25519.IsAvailable && Key.Length is Ed25519.KeyBytes;
            return !isUsable ? Ed25519.WhyNot ?? $"an Ed25519 key has {Ed25519.KeyBytes} octets"
                : Ed25519.Verify(Key, hash, signature) ? null : NoMatch;
        }

        using var rsa = OpenRsa();
        isUsable = rsa is { KeySize: >= LeastKeyBits and <= MostKeyBits };
        return !isUsable ? $"the key is no RSA key of {LeastKeyBits} to {MostKeyBits} bits"
            : rsa!.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ? null : NoMatch; // not null: it has a size
    }

    /// <summary>Null when the octets are no key. Some publish it without the SubjectPublicKeyInfo around it.</summary>
    private RSA? OpenRsa()
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

    private static bool Matches(string pattern, ReadOnlySpan<char> local)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
            return local.SequenceEqual(pattern);
        return local.Length >= pattern.Length - 1 && local.StartsWith(pattern.AsSpan(0, star)) && local.EndsWith(pattern.AsSpan(star + 1));
    }

    private static DkimPublicKey Bad(string fault) => new(fault, "", [], null, false, false);
}
