using System.Globalization;
using System.Text;

namespace Modular.Mail.Dkim;

/// <summary>What one DKIM-Signature field says (RFC 6376 §3.5). <see cref="Fault"/> tells why one cannot be checked.</summary>
public sealed record DkimSignature
{
    private const int MostSignedFields = 250;

    /// <summary>d=; empty when missing.</summary>
    public string Domain { get; private init; } = "";

    /// <summary>s=; empty when missing.</summary>
    public string Selector { get; private init; } = "";

    /// <summary>Where the key's TXT record is asked for.</summary>
    public string KeyName => $"{Selector}._domainkey.{Domain}";

    /// <summary>a=, such as rsa-sha256 or ed25519-sha256, in lower case.</summary>
    public string Algorithm { get; private init; } = "";

    /// <summary>i=, or @ and the domain.</summary>
    public string Identity { get; private init; } = "";

    public DkimCanonicalization Header { get; private init; }

    public DkimCanonicalization Body { get; private init; }

    /// <summary>h=, in its order.</summary>
    public IReadOnlyList<string> SignedFields { get; private init; } = [];

    /// <summary>t=; null when missing.</summary>
    public DateTimeOffset? SignedAt { get; private init; }

    /// <summary>x=; null means it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>l=, in octets of the canonical body; null means all of it. What lies behind is not signed.</summary>
    public long? BodyBytes { get; private init; }

    /// <summary>Null when the signature can be checked.</summary>
    public string? Fault { get; private init; }

    internal byte[] BodyHash { get; private init; } = [];

    internal byte[] Value { get; private init; } = [];

    /// <summary>Index of its field in the header block.</summary>
    internal int Field { get; private init; }

    internal static DkimSignature Parse(ReadOnlySpan<byte> value, int field)
    {
        if (!IsFolded(value) || TagList.Parse(Encoding.UTF8.GetString(value)) is not { } tags)
            return new DkimSignature { Field = field, Fault = "the tag list is malformed" };
        var canonicalization = (tags.Packed("c") ?? "simple/simple").Split('/');
        var bodyHash = Bytes(tags.Packed("bh"));
        var signature = Bytes(tags.Packed("b"));
        var domain = tags.Packed("d") ?? "";
        var identity = tags.Packed("i") ?? $"@{domain}";
        var signedFields = tags.Packed("h")?.Split(':') ?? [];
        var read = new DkimSignature
        {
            Field = field,
            Domain = domain,
            Selector = tags.Packed("s") ?? "",
            Algorithm = tags.Packed("a")?.ToLowerInvariant() ?? "",
            Identity = identity,
            Header = Canonicalization(canonicalization[0]) ?? default,
            Body = (canonicalization.Length > 1 ? Canonicalization(canonicalization[1]) : null) ?? default,
            SignedFields = signedFields,
            SignedAt = Instant(tags["t"]),
            ExpiresAt = Instant(tags["x"]),
            BodyBytes = Number(tags["l"]),
            BodyHash = bodyHash ?? [],
            Value = signature ?? [],
        };
        return read with { Fault = FaultOf(tags, read, canonicalization, bodyHash, signature) };
    }

    /// <summary>True when each line end is a fold, or the field's own: a CR or LF alone is not among the blanks that may stand in a value.</summary>
    private static bool IsFolded(ReadOnlySpan<byte> value)
    {
        if (value.EndsWith("\r\n"u8))
            value = value[..^2];
        while (value.IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var at)
        {
            if (value.Length - at < 3 || value[at] is not (byte)'\r' || value[at + 1] is not (byte)'\n' || value[at + 2] is not ((byte)' ' or (byte)'\t'))
                return false;
            value = value[(at + 3)..];
        }

        return true;
    }

    private static string? FaultOf(TagList tags, DkimSignature read, string[] canonicalization, byte[]? bodyHash, byte[]? signature)
    {
        if (tags["v"] is not "1")
            return "v= is not 1";
        if (read.Domain.Length is 0 || read.Selector.Length is 0 || read.Algorithm.Length is 0)
            return "a=, d= or s= is missing";
        if (bodyHash is null || signature is null)
            return "b= or bh= is missing or not base64";
        if (canonicalization.Length > 2 || canonicalization.Any(c => Canonicalization(c) is null))
            return "c= names no known canonicalization";
        if (read.SignedFields.Count > MostSignedFields)
            return $"h= names more than {MostSignedFields} fields";
        if (!read.SignedFields.Contains("From", StringComparer.OrdinalIgnoreCase))
            return "h= does not sign From";
        if (tags["q"] is not null && !tags.Packed("q")!.Split(':').Contains("dns/txt", StringComparer.OrdinalIgnoreCase))
            return "q= offers no dns/txt";
        var identityDomain = read.Identity[(read.Identity.LastIndexOf('@') + 1)..];
        if (!read.Identity.Contains('@', StringComparison.Ordinal) || !IsWithin(identityDomain, read.Domain))
            return "i= is not within d=";
        if ((tags["l"] is not null && read.BodyBytes is null) || (tags["t"] is not null && read.SignedAt is null) || (tags["x"] is not null && read.ExpiresAt is null))
            return "l=, t= or x= is not a number";
        return read.ExpiresAt <= read.SignedAt ? "x= is not after t=" : null;
    }

    internal static bool IsWithin(string domain, string parent) =>
        domain.Equals(parent, StringComparison.OrdinalIgnoreCase) || domain.EndsWith($".{parent}", StringComparison.OrdinalIgnoreCase);

    private static DkimCanonicalization? Canonicalization(string word) => word.ToLowerInvariant() switch
    {
        "simple" => DkimCanonicalization.Simple,
        "relaxed" => DkimCanonicalization.Relaxed,
        _ => null,
    };

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Instant(string? text) =>
        Number(text) is { } seconds && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>Strict: the bits that fill up the last letter are zero, or a flipped one would go unseen (RFC 4648 §3.5).</summary>
    private static byte[]? Bytes(string? base64)
    {
        if (string.IsNullOrEmpty(base64))
            return null;
        var octets = new byte[base64.Length / 4 * 3 + 3];
        return Convert.TryFromBase64String(base64, octets, out var written) && Convert.ToBase64String(octets.AsSpan(0, written)) == base64
            ? octets[..written]
            : null;
    }
}
