using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Modular.Host.Certificates;

/// <summary>A certificate with its key and chain, as it was read from its files.</summary>
/// <param name="ContentHash">SHA-256 over what the files held, to see a change by. Times would not do: a link that is pointed elsewhere may bring an older file.</param>
internal sealed record CertificateFile(SslStreamCertificateContext Context, string ContentHash)
{
    private const int MostBytes = 1 << 20;

    /// <exception cref="CannotStartException">The files cannot be read, or do not hold a certificate and the key that belongs to it; the message says which.</exception>
    public static CertificateFile Read(string path, string? keyPath, string? password)
    {
        var certificate = Bytes(path);
        var key = keyPath is null ? certificate : Bytes(keyPath);
        try
        {
            return new(IsPem(certificate) ? FromPem(certificate, key, password) : FromPkcs12(path, certificate, password), HashOf(certificate, key));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CannotStartException(
                $"The certificate {path}{(keyPath is null ? "" : " with the key " + keyPath)} cannot be used: {e.Message} " +
                "Host:Certificate:Path takes PEM (the server's certificate first, then its chain) or PFX, Host:Certificate:KeyPath the PEM key, Host:Certificate:Password what opens it.", e);
        }
    }

    /// <summary>What <see cref="ContentHash"/> would be now; null when the files cannot be read at this moment.</summary>
    public static string? HashNow(string path, string? keyPath)
    {
        try
        {
            var certificate = Bytes(path);
            return HashOf(certificate, keyPath is null ? certificate : Bytes(keyPath));
        }
        catch (CannotStartException)
        {
            return null;
        }
    }

    private static SslStreamCertificateContext FromPem(byte[] certificate, byte[] key, string? password)
    {
        var (text, keyText) = (Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key));
        var leaf = password is not null && keyText.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
            ? X509Certificate2.CreateFromEncryptedPem(text, keyText, password)
            : X509Certificate2.CreateFromPem(text, keyText);
        var all = new X509Certificate2Collection();
        all.ImportFromPem(text);
        return WithChain(leaf, all);
    }

    private static SslStreamCertificateContext FromPkcs12(string path, byte[] content, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12Collection(content, password);
        return all.FirstOrDefault(c => c.HasPrivateKey) is { } leaf
            ? WithChain(leaf, all)
            : throw new CryptographicException($"{path} holds no private key.");
    }

    private static SslStreamCertificateContext WithChain(X509Certificate2 leaf, X509Certificate2Collection all)
    {
        var chain = new X509Certificate2Collection(all.Where(c => c.Thumbprint != leaf.Thumbprint).ToArray());
        return SslStreamCertificateContext.Create(leaf, chain, offline: true);   // what is missing from the chain is not fetched from the internet
    }

    private static bool IsPem(byte[] content) => content.AsSpan().IndexOf("-----BEGIN"u8) >= 0;

    private static byte[] Bytes(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > MostBytes }
                ? throw new CannotStartException($"{path} is larger than a certificate can be.")
                : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"The certificate cannot be read: {e.Message} See Host:Certificate:Path and Host:Certificate:KeyPath.", e);
        }
    }

    private static string HashOf(byte[] certificate, byte[] key) => Convert.ToHexString(SHA256.HashData([.. SHA256.HashData(certificate), .. SHA256.HashData(key)]));
}
