namespace Modular.Mail.Dkim;

/// <summary>How a signature is made. rsa-sha1 is not among them: it is neither made nor believed (RFC 8301 §3.1).</summary>
public enum DkimSignatureAlgorithm
{
    /// <summary>RSASSA-PKCS1-v1_5 over SHA-256 (RFC 6376 §3.3.2): what every receiver checks.</summary>
    RsaSha256,

    /// <summary>Ed25519 over SHA-256 (RFC 8463 §3): short keys and signatures, checked by some; only ever beside the other.</summary>
    Ed25519Sha256,
}
