using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Dkim;

/// <summary>
/// Signs messages with one key or several at once, the whole body, never l= (RFC 6376 §5). The body is signed as it is given: sign after all
/// rewriting. It owns its keys and its buffers and is not thread-safe: keep one per connection, or a pool of them.
/// </summary>
public sealed class DkimSigner : IDisposable
{
    private const int LineOctets = 78;

    private readonly DkimOptions options;
    private readonly (byte[] Name, bool IsOversigned)[] names;
    private readonly List<OpenedKey> keys = [];
    private readonly BodyHash bodyHash = new();
    private readonly IncrementalHash headerHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly HeaderBlock fields = new();
    private readonly ArrayBufferWriter<byte> canonical = new(4096);
    private readonly ArrayBufferWriter<byte> shared = new(1024);
    private readonly ArrayBufferWriter<byte> field = new(1024);
    private readonly ArrayBufferWriter<byte> canonicalField = new(1024);

    /// <inheritdoc cref="DkimSigner(IReadOnlyList{DkimSigningKey}, DkimOptions?)"/>
    /// <param name="domain">The d= tag, in A-labels.</param>
    /// <param name="selector">The s= tag; the key is published at <c>selector._domainkey.domain</c>.</param>
    /// <param name="privateKeyPem">An RSA key of at least 1024 bits, PKCS#8 or PKCS#1, or an Ed25519 key, PKCS#8.</param>
    public DkimSigner(string domain, string selector, string privateKeyPem, DkimOptions? options = null)
        : this([new DkimSigningKey(domain, selector, privateKeyPem)], options)
    {
    }

    /// <summary>Every message gets a signature by each of the keys, the first one topmost; what they sign is hashed once.</summary>
    /// <param name="signingKeys">At least one. RSA first where there is another: old verifiers look at the first alone (RFC 8463 §3).</param>
    /// <exception cref="ArgumentException">A domain or selector is no host name, or a key is none of the kinds or too short.</exception>
    /// <exception cref="PlatformNotSupportedException">A key is of Ed25519 and this machine has no OpenSSL 3 (<see cref="DkimKey.WhyNoEd25519"/>).</exception>
    public DkimSigner(IReadOnlyList<DkimSigningKey> signingKeys, DkimOptions? options = null)
    {
        if (signingKeys.Count is 0)
            throw new ArgumentException("There is no key to sign with.", nameof(signingKeys));
        this.options = options ?? DkimOptions.Default;
        names = [.. this.options.SignedFields.Select(name => (Encoding.ASCII.GetBytes(name), this.options.OversignedFields.Contains(name, StringComparer.OrdinalIgnoreCase)))];
        try
        {
            foreach (var key in signingKeys)
                keys.Add(new OpenedKey(key, $"{Word(this.options.Header)}/{Word(this.options.Body)}"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Appends a DKIM-Signature field for each key, folded and ended by CRLF; they belong in front of the fields they sign.</summary>
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
        shared.ResetWrittenCount();
        var cursor = new ByteCursor(shared);
        WriteTimes(signedAt, ref cursor);
        WriteNames(header, ref cursor);
        WriteBodyHash(body, ref cursor);
        cursor.Flush();
        foreach (var key in keys)
            Sign(key, output);
    }

    public void Dispose()
    {
        foreach (var key in keys)
            key.Dispose();
        bodyHash.Dispose();
        headerHash.Dispose();
    }

    private void Sign(OpenedKey key, IBufferWriter<byte> output)
    {
        field.ResetWrittenCount();
        field.Write(key.Opening);
        field.Write(shared.WrittenSpan);
        canonicalField.ResetWrittenCount();
        HeaderBlock.Canonicalize(field.WrittenSpan, options.Header, canonicalField);

        // The signature's own field is hashed without its final line end (RFC 6376 §3.7).
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        headerHash.AppendData(canonical.WrittenSpan);
        headerHash.AppendData(canonicalField.WrittenSpan[..^2]);
        headerHash.GetHashAndReset(hash);
        output.Write(field.WrittenSpan);
        WriteSignature(key.Sign(hash), output);
    }

    private void WriteTimes(DateTimeOffset signedAt, ref ByteCursor cursor)
    {
        WriteNumber(signedAt.ToUnixTimeSeconds(), ref cursor);
        cursor.Write(";"u8);
        if (options.Lifetime is { } lifetime)
        {
            cursor.Write(" x="u8);
            WriteNumber((signedAt + lifetime).ToUnixTimeSeconds(), ref cursor);
            cursor.Write(";"u8);
        }

        cursor.EndLine();
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

    private static void WriteSignature(ReadOnlySpan<byte> signature, IBufferWriter<byte> output)
    {
        const int OctetsPerLine = 54; // 72 in base64
        var cursor = new ByteCursor(output);
        for (var at = 0; at < signature.Length; at += OctetsPerLine)
        {
            if (at > 0)
                cursor.Write("\r\n "u8);
            Base64.EncodeToUtf8(signature.Slice(at, Math.Min(OctetsPerLine, signature.Length - at)), cursor.Room(LineOctets), out _, out var written);
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
}
