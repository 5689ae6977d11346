using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Modular.Mail.Dns;

namespace Modular.Mail.Dkim;

/// <summary>The verdict on one signature, in the words of RFC 8601 §2.7.1.</summary>
public enum DkimVerdict
{
    Pass,

    /// <summary>The signature or the body hash does not match.</summary>
    Fail,

    /// <summary>It could not be checked, and never will be: malformed, revoked, expired, or by an algorithm not known here.</summary>
    PermError,

    /// <summary>The key could not be asked for; later it may.</summary>
    TempError,
}

/// <param name="Reason">For a log or an Authentication-Results comment; null when it passed.</param>
/// <param name="IsTesting">The key's owner asks that a failure be treated as no signature (t=y).</param>
public sealed record DkimResult(DkimSignature Signature, DkimVerdict Verdict, string? Reason, bool IsTesting = false);

/// <summary>
/// Checks rsa-sha256 and ed25519-sha256 signatures (RFC 6376 §6, RFC 8463). Several are judged each on its own: one that passes is enough
/// for the domain it names, and one that fails says nothing (RFC 6376 §6.1).
/// </summary>
public static class DkimVerifier
{
    /// <summary>Signatures beyond this number are not looked at.</summary>
    public const int MostSignatures = 10;

    private const int MostRecords = 3;

    /// <summary>The signatures of a header block whose lines end in CRLF, topmost first.</summary>
    public static IReadOnlyList<DkimSignature> ReadSignatures(ReadOnlySpan<byte> header)
    {
        var fields = new HeaderBlock();
        var signatures = new List<DkimSignature>();
        fields.TryRead(header);
        for (var i = 0; i < fields.Count && signatures.Count < MostSignatures; i++)
        {
            if (Ascii.EqualsIgnoreCase(fields.Name(header, i), "DKIM-Signature"u8))
                signatures.Add(DkimSignature.Parse(ValueOf(fields.Octets(header, i)), i));
        }

        return signatures;
    }

    /// <summary>Judges every signature of a message, asking for its key. Empty when there is none.</summary>
    /// <param name="header">Lines end in CRLF.</param>
    /// <param name="body">What follows the empty line; lines end in CRLF.</param>
    /// <param name="now">Decides whether a signature has expired.</param>
    public static async ValueTask<IReadOnlyList<DkimResult>> VerifyAsync(
        ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> body, IDnsResolver dns, DateTimeOffset now, CancellationToken ct)
    {
        var results = new List<DkimResult>();
        foreach (var signature in ReadSignatures(header.Span))
            results.Add(await VerifyAsync(signature, header, body, dns, now, ct));
        return results;
    }

    private static async ValueTask<DkimResult> VerifyAsync(
        DkimSignature signature, ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> body, IDnsResolver dns, DateTimeOffset now, CancellationToken ct)
    {
        if (signature.Fault is { } fault)
            return new DkimResult(signature, DkimVerdict.PermError, fault);
        if (!DnsName.IsValid(signature.KeyName))
            return new DkimResult(signature, DkimVerdict.PermError, "d= and s= make no domain name");
        DnsAnswer answer;
        try
        {
            answer = await dns.QueryAsync(signature.KeyName, DnsType.Txt, ct);
        }
        catch (DnsException)
        {
            return new DkimResult(signature, DkimVerdict.TempError, "the key could not be asked for");
        }

        // Several records are the owner's mistake; which of them is meant is only told by the signature (RFC 6376 §3.6.2.2).
        var results = answer.Records.OfType<DnsRecord.Text>().Take(MostRecords)
            .Select(record => Verify(signature, header.Span, body.Span, record.Value, now)).ToList();
        return results.Find(result => result.Verdict is DkimVerdict.Pass) ?? (results.Count > 0 ? results[0] : Verify(signature, header.Span, body.Span, null, now));
    }

    /// <summary>Judges one signature, asking nobody.</summary>
    /// <param name="header">The same block that the signature was read from.</param>
    /// <param name="body">What follows the empty line; lines end in CRLF.</param>
    /// <param name="keyText">The TXT record's strings at <see cref="DkimSignature.KeyName"/>, joined; null when there is no such record.</param>
    /// <param name="now">Decides whether the signature has expired. One from the future is taken: clocks differ.</param>
    public static DkimResult Verify(DkimSignature signature, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, string? keyText, DateTimeOffset now)
    {
        if (signature.Fault is { } fault)
            return new DkimResult(signature, DkimVerdict.PermError, fault);
        if (signature.Algorithm is not ("rsa-sha256" or "ed25519-sha256"))
            return new DkimResult(signature, DkimVerdict.PermError, $"{signature.Algorithm} is not checked here");
        if (signature.ExpiresAt < now)
            return new DkimResult(signature, DkimVerdict.PermError, "the signature has expired");
        if (keyText is null)
            return new DkimResult(signature, DkimVerdict.PermError, "there is no key record");
        var key = DkimPublicKey.Parse(keyText);
        if (key.FaultFor(signature) is { } keyFault)
            return new DkimResult(signature, DkimVerdict.PermError, keyFault, key.IsTesting);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        HashHeader(signature, header, hash);
        var mismatch = key.Check(hash, signature.Value, out var isUsable);
        if (!isUsable)
            return new DkimResult(signature, DkimVerdict.PermError, mismatch, key.IsTesting);
        var reason = BodyMismatch(signature, body) ?? mismatch;
        return new DkimResult(signature, reason is null ? DkimVerdict.Pass : DkimVerdict.Fail, reason, key.IsTesting);
    }

    private static string? BodyMismatch(DkimSignature signature, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using var bodyHash = new BodyHash();
        if (!bodyHash.Compute(body, signature.Body, hash, signature.BodyBytes))
            return "the body is shorter than l= says";
        return hash.SequenceEqual(signature.BodyHash) ? null : "the body has been changed";
    }

    /// <summary>The hash that the signature signs (RFC 6376 §3.7).</summary>
    internal static void HashHeader(DkimSignature signature, ReadOnlySpan<byte> header, Span<byte> hash)
    {
        var fields = new HeaderBlock();
        fields.TryRead(header);
        var canonical = new ArrayBufferWriter<byte>(header.Length);
        var next = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in signature.SignedFields)
        {
            var at = fields.LastBefore(header, Encoding.ASCII.GetBytes(name), next.GetValueOrDefault(name, fields.Count));
            next[name] = Math.Max(at, 0);
            if (at >= 0)
                HeaderBlock.Canonicalize(fields.Octets(header, at), signature.Header, canonical);
        }

        HeaderBlock.Canonicalize(WithoutValue(fields.Octets(header, signature.Field)), signature.Header, canonical);
        SHA256.HashData(canonical.WrittenSpan[..^2], hash);
    }

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> field) => field[(field.IndexOf((byte)':') + 1)..];

    /// <summary>The field with the value of b= cut out, folds and all, whatever stands behind it.</summary>
    private static byte[] WithoutValue(ReadOnlySpan<byte> field)
    {
        var at = field.IndexOf((byte)':') + 1;
        while (at < field.Length)
        {
            var end = field[at..].IndexOf((byte)';') is >= 0 and var semicolon ? at + semicolon : field.Length;
            var tag = field[at..end];
            var equals = tag.IndexOf((byte)'=');
            if (equals > 0 && tag[..equals].Trim(" \t\r\n"u8).SequenceEqual("b"u8))
            {
                // At the end of the field the final CRLF is not part of the value.
                var tail = end == field.Length && field.EndsWith("\r\n"u8) ? field.Length - 2 : end;
                return [.. field[..(at + equals + 1)], .. field[tail..]];
            }

            at = end + 1;
        }

        return field.ToArray();
    }
}
