using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Modular.Mail.Dkim;

namespace Modular.Mail.Tests.Dkim;

public sealed class Ed25519Tests
{
    /// <summary>RFC 8463 §A.2; the seed is that of RFC 8032 §7.1.</summary>
    private const string Seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", Record = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    /// <summary>The message of RFC 8463 §A.3 with its Ed25519 signature alone.</summary>
    private const string Header = """
        DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=brisbane; t=1528637909; h=from : to :
         subject : date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
         Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        """;

    private const string Body = "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

    public Ed25519Tests() => Assert.SkipUnless(DkimKey.WhyNoEd25519 is null, DkimKey.WhyNoEd25519 ?? "");

    [Fact]
    public void The_signature_of_RFC_8463_passes_and_comes_out_again()
    {
        var octets = Encoding.ASCII.GetBytes(Header.ReplaceLineEndings("\r\n"));
        var signature = DkimVerifier.ReadSignatures(octets)[0];
        Assert.Equal(DkimVerdict.Pass, DkimVerifier.Verify(signature, octets, Encoding.ASCII.GetBytes(Body), Record, DateTimeOffset.UnixEpoch).Verdict);

        var (hash, again) = (new byte[SHA256.HashSizeInBytes], new byte[64]);
        DkimVerifier.HashHeader(signature, octets, hash);
        using var key = new Ed25519.PrivateKey(Convert.FromBase64String(Seed));
        key.Sign(hash, again);
        Assert.Equal("/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==", Convert.ToBase64String(again));
    }

    [Fact]
    public void The_key_of_RFC_8463_has_its_record() => Assert.Equal(Record, DkimKey.FromSeed(Convert.FromBase64String(Seed)).DnsText);

    [Fact]
    public void A_key_survives_its_pem()
    {
        var key = DkimKey.Generate(DkimSignatureAlgorithm.Ed25519Sha256);

        Assert.Equal(key, DkimKey.FromPem(key.PrivateKeyPem));
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI", key.PrivateKeyPem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_twin_of_a_signature_is_refused()
    {
        // S plus the order of the group gives the same point; a reader that reduced it would take both.
        byte[] order = [0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10];
        using var key = new Ed25519.PrivateKey(Convert.FromBase64String(Seed));
        var signature = new byte[64];
        key.Sign("x"u8, signature);
        Assert.True(Ed25519.Verify(key.PublicKey(), "x"u8, signature));
        var carry = 0;
        for (var i = 0; i < 32; i++)
        {
            carry += signature[32 + i] + order[i];
            signature[32 + i] = (byte)carry;
            carry >>= 8;
        }

        Assert.False(Ed25519.Verify(key.PublicKey(), "x"u8, signature));
    }

    [Fact]
    public void Both_signatures_stand_above_the_message_and_both_pass()
    {
        DkimKey rsa = DkimKey.Generate(), ed25519 = DkimKey.Generate(DkimSignatureAlgorithm.Ed25519Sha256);
        using var signer = new DkimSigner([new("acme.example", "r1", rsa.PrivateKeyPem), new("acme.example", "e1", ed25519.PrivateKeyPem)]);
        byte[] header = [.. "From: a@acme.example\r\nSubject: x\r\n"u8], body = [.. "Hello\r\n"u8];
        var fields = new ArrayBufferWriter<byte>();
        signer.Sign(header, body, DateTimeOffset.UnixEpoch, fields);
        byte[] signed = [.. fields.WrittenSpan, .. header];

        var signatures = DkimVerifier.ReadSignatures(signed);

        Assert.Equal(["rsa-sha256", "ed25519-sha256"], signatures.Select(s => s.Algorithm));
        Assert.All(signatures, s => Assert.Equal(DkimVerdict.Pass, DkimVerifier.Verify(s, signed, body, s.Selector is "r1" ? rsa.DnsText : ed25519.DnsText, DateTimeOffset.UnixEpoch).Verdict));
        // A key of the other kind behind the same selector does not help.
        Assert.All(signatures, s => Assert.Equal(DkimVerdict.PermError, DkimVerifier.Verify(s, signed, body, s.Selector is "e1" ? rsa.DnsText : ed25519.DnsText, DateTimeOffset.UnixEpoch).Verdict));
    }
}
