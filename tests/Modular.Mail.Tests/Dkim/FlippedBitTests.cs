using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Modular.Mail.Dkim;

namespace Modular.Mail.Tests.Dkim;

/// <summary>Whatever bit of a signed message is turned over, its signature no longer passes.</summary>
public sealed class FlippedBitTests
{
    private const string Header =
        "From: News <news@acme.example>\r\nTo: ann@example.org\r\nSubject:  Big\t sale \r\n today\r\nDate: Wed, 25 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@acme.example>\r\n"
        + "List-Unsubscribe: <https://acme.example/u/1>\r\n";

    private const string Body = "Hello  Ann,\t\r\n \r\nthe sale is on. \r\n\r\n.\r\nBye\r\n\r\n\r\n";

    private static readonly DateTimeOffset SignedAt = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<DkimSignatureAlgorithm, DkimCanonicalization, DkimCanonicalization> Ways { get; } =
        new MatrixTheoryData<DkimSignatureAlgorithm, DkimCanonicalization, DkimCanonicalization>(
            Enum.GetValues<DkimSignatureAlgorithm>(), Enum.GetValues<DkimCanonicalization>(), Enum.GetValues<DkimCanonicalization>());

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_flipped_bit_never_passes(DkimSignatureAlgorithm algorithm, DkimCanonicalization header, DkimCanonicalization body)
    {
        Assert.SkipWhen(algorithm is DkimSignatureAlgorithm.Ed25519Sha256 && DkimKey.WhyNoEd25519 is not null, DkimKey.WhyNoEd25519 ?? "");
        var key = Key(algorithm);
        using var signer = new DkimSigner("acme.example", "s1", key.PrivateKeyPem, new DkimOptions { Header = header, Body = body });
        var field = new ArrayBufferWriter<byte>();
        signer.Sign(Encoding.ASCII.GetBytes(Header), Encoding.ASCII.GetBytes(Body), SignedAt, field);
        byte[] signed = [.. field.WrittenSpan, .. Encoding.ASCII.GetBytes(Header)], text = Encoding.ASCII.GetBytes(Body);
        Assert.True(Passes(signed, text, key));

        var passed = new List<string>();
        for (var bit = 0; bit < signed.Length * 8; bit++)
        {
            if (header is DkimCanonicalization.Relaxed && IsCaseOfAName(signed, bit))
                continue;
            signed[bit / 8] ^= (byte)(1 << (bit % 8));
            if (Passes(signed, text, key))
                passed.Add($"header bit {bit % 8} of octet {bit / 8}: {Encoding.Latin1.GetString(signed, Math.Max(0, bit / 8 - 10), 12)}");
            signed[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (var bit = 0; bit < text.Length * 8; bit++)
        {
            text[bit / 8] ^= (byte)(1 << (bit % 8));
            if (Passes(signed, text, key))
                passed.Add($"body bit {bit % 8} of octet {bit / 8}");
            text[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Empty(passed);
    }

    private static DkimKey Key(DkimSignatureAlgorithm algorithm)
    {
        if (algorithm is DkimSignatureAlgorithm.Ed25519Sha256)
            return DkimKey.Generate(algorithm);
        using var rsa = RSA.Create(1024);   // quick to check
        return DkimKey.FromPem(rsa.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Relaxed, a field's name counts in lower case (RFC 6376 §3.4.2): that bit is not signed.</summary>
    private static bool IsCaseOfAName(byte[] header, int bit)
    {
        if (bit % 8 is not 5 || !char.IsAsciiLetter((char)header[bit / 8]))
            return false;
        var line = header.AsSpan(0, bit / 8).LastIndexOf("\r\n"u8) is >= 0 and var end ? end + 2 : 0;
        return header[line] is not ((byte)' ' or (byte)'\t') && !header.AsSpan(line, bit / 8 - line).Contains((byte)':');
    }

    private static bool Passes(byte[] header, byte[] body, DkimKey key) =>
        DkimVerifier.ReadSignatures(header).Any(signature => DkimVerifier.Verify(signature, header, body, key.DnsText, SignedAt).Verdict is DkimVerdict.Pass);
}
