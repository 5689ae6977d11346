using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Dkim;

/// <summary>
/// Signs messages for one domain and selector with rsa-sha256, the whole body, never l= (RFC 6376 §5). The body is signed as it is
/// given: sign after all rewriting. It owns its key and its buffers and is not thread-safe: keep one per connection, or a pool of them.
/// </summary>
public sealed class DkimSigner : IDisposable
{
    private const int LineOctets = 78;
    private const int LeastKeyBits = 1024; // RFC 8301 §3.2

    private readonly RSA key;
    private readonly DkimOptions options;
    private readonly (byte[] Name, bool IsOversigned)[] names;
    private readonly byte[] opening;
    private readonly BodyHash bodyHash = new();
    private readonly HeaderBlock fields = new();
    private readonly ArrayBufferWriter<byte> canonical = new(4096);
    private readonly ArrayBufferWriter<byte> field = new(1024);
    private readonly byte[] signature;

    /// <param name="domain">The d= tag, in A-labels.</param>
    /// <param name="selector">The s= tag; the key is published at <c>selector._domainkey.domain</c>.</param>
    /// <param name="privateKeyPem">An RSA key of at least 1024 bits, PKCS#8 or PKCS#1.</param>
    /// <exception cref="ArgumentException">The domain or selector is not a host name, or the key is no RSA key or too short.</exception>
    public DkimSigner(string domain, string selector, ReadOnlySpan<char> privateKeyPem, DkimOptions? options = null)
    {
        if (!IsName(domain))
            throw new ArgumentException("The signing domain is a host name in A-labels.", nameof(domain));
        if (!IsName(selector))
            throw new ArgumentException("A selector is made of host-name labels.", nameof(selector));
        this.options = options ?? DkimOptions.Default;
        Domain = domain;
        Selector = selector;
        names = [.. this.options.SignedFields.Select(name => (Encoding.ASCII.GetBytes(name), this.options.OversignedFields.Contains(name, StringComparer.OrdinalIgnoreCase)))];
        opening = Encoding.ASCII.GetBytes(
            $"DKIM-Signature: v=1; a=rsa-sha256; c={Word(this.options.Header)}/{Word(this.options.Body)};\r\n d={domain};\r\n s={selector}; t=");
        key = RSA.Create();
        try
        {
            key.ImportFromPem(privateKeyPem);
            if (key.KeySize < LeastKeyBits)
                throw new ArgumentException($"An RSA key for DKIM has at least {LeastKeyBits} bits.", nameof(privateKeyPem));
        }
        catch
        {
            Dispose();
            throw;
        }

        signature = new byte[key.KeySize / 8];
    }

    public string Domain { get; }

    public string Selector { get; }

    /// <summary>Appends the DKIM-Signature field, folded and ended by CRLF; it belongs in front of the fields it signs.</summary>
    /// <param name="header">The fields, with or without the empty line behind them; lines end in CRLF.</param>
    /// <param name="body">What follows the empty line.</param>
    /// <param name="signedAt">The t= tag, to the second. The same instant gives the same octets.</param>
    /// <exception cref="ArgumentException">The header block is not one: fields, continuations, CRLF, at most 1000 fields.</exception>
    /// <exception cref="InvalidOperationException">There is no From field (RFC 6376 §5.4).</exception>
    public void Sign(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, DateTimeOffset signedAt, IBufferWriter<byte> output)
    {
        if (!fields.TryRead(header))
            throw new ArgumentException($"A header block is fields of name, colon and value, at most {HeaderBlock.MostFields}, ended by CRLF.", nameof(header));
        if (fields.LastBefore(header, "From"u8, fields.Count) < 0)
            throw new InvalidOperationException("A message without a From field cannot be signed.");

        canonical.ResetWrittenCount();
        field.ResetWrittenCount();
        var cursor = new ByteCursor(field);
        cursor.Write(opening);
        WriteNumber(signedAt.ToUnixTimeSeconds(), ref cursor);
        cursor.Write(";"u8);
        cursor.EndLine();
        WriteNames(header, ref cursor);
        WriteBodyHash(body, ref cursor);
        cursor.Flush();

        HeaderBlock.Canonicalize(field.WrittenSpan, options.Header, canonical);
        // The signature's own field is hashed without its final line end (RFC 6376 §3.7).
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonical.WrittenSpan[..^2], hash);
        if (!key.TrySignHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, out _))
            throw new CryptographicException("The signature does not fit the key's size.");
        output.Write(field.WrittenSpan);
        WriteSignature(output);
    }

    public void Dispose()
    {
        key?.Dispose();
        bodyHash.Dispose();
    }

    /// <summary>Writes h= and, on the way, gathers the canonical fields in the same order.</summary>
    private void WriteNames(ReadOnlySpan<byte> header, ref ByteCursor cursor)
    {
        cursor.Write(" h="u8);
        var isFirst = true;
        foreach (var (name, isOversigned) in names)
        {
            var at = fields.Count;
            while ((at = fields.LastBefore(header, name, at)) >= 0)
            {
                HeaderBlock.Canonicalize(fields.Octets(header, at), options.Header, canonical);
                WriteName(name, ref isFirst, ref cursor);
            }

            if (isOversigned)
                WriteName(name, ref isFirst, ref cursor);
        }

        cursor.Write(";"u8);
        cursor.EndLine();
    }

    private static void WriteName(ReadOnlySpan<byte> name, ref bool isFirst, ref ByteCursor cursor)
    {
        if (!isFirst)
        {
            cursor.Write((byte)':');
            if (cursor.Column + name.Length + 1 > LineOctets)
            {
                cursor.EndLine();
                cursor.Write((byte)' ');
            }
        }

        isFirst = false;
        cursor.Write(name);
    }

    private void WriteBodyHash(ReadOnlySpan<byte> body, ref ByteCursor cursor)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        bodyHash.Compute(body, options.Body, hash);
        cursor.Write(" bh="u8);
        Base64.EncodeToUtf8(hash, cursor.Room(44), out _, out var written);
        cursor.Advance(written);
        cursor.Write(";"u8);
        cursor.EndLine();
        cursor.Write(" b="u8);
    }

    private void WriteSignature(IBufferWriter<byte> output)
    {
        const int OctetsPerLine = 54; // 72 in base64
        var cursor = new ByteCursor(output);
        for (var at = 0; at < signature.Length; at += OctetsPerLine)
        {
            if (at > 0)
                cursor.Write("\r\n "u8);
            Base64.EncodeToUtf8(signature.AsSpan(at, Math.Min(OctetsPerLine, signature.Length - at)), cursor.Room(LineOctets), out _, out var written);
            cursor.Advance(written);
        }

        cursor.EndLine();
        cursor.Flush();
    }

    private static void WriteNumber(long number, ref ByteCursor cursor)
    {
        number.TryFormat(cursor.Room(20), out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        cursor.Advance(written);
    }

    private static string Word(DkimCanonicalization canonicalization) => canonicalization is DkimCanonicalization.Simple ? "simple" : "relaxed";

    private static bool IsName(string name) =>
        name is { Length: > 0 and <= 253 } && name.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
