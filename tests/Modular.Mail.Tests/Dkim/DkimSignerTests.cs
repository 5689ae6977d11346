using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Modular.Mail.Dkim;

namespace Modular.Mail.Tests.Dkim;

public sealed class DkimSignerTests
{
    private const string Header = "From: News <news@acme.example>\r\nTo: ann@example.org\r\nSubject:  Big\t sale \r\nMessage-ID: <1@acme.example>\r\nX-Other: 1\r\n";
    private const string Body = "Hello  Ann,\t\r\n \r\nthe sale is on. \r\n\r\n\r\n";

    private static readonly DateTimeOffset SignedAt = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private static readonly DkimKey Key = DkimKey.Generate();

    public static TheoryData<DkimCanonicalization, DkimCanonicalization> Canonicalizations { get; } = new MatrixTheoryData<DkimCanonicalization, DkimCanonicalization>(
        Enum.GetValues<DkimCanonicalization>(), Enum.GetValues<DkimCanonicalization>());

    [Theory]
    [MemberData(nameof(Canonicalizations))]
    public void What_was_signed_is_verified(DkimCanonicalization header, DkimCanonicalization body)
    {
        var signed = Sign(Header, Body, new DkimOptions { Header = header, Body = body }) + Header;

        Assert.Equal(DkimVerdict.Pass, Verify(signed, Body).Verdict);
    }

    [Fact]
    public void The_field_is_folded_and_says_what_it_signs()
    {
        var field = Sign(Header, Body);

        Assert.StartsWith("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=acme.example;\r\n s=s1; t=1795334400;\r\n h=From:From:To:To:Cc:Reply-To:", field, StringComparison.Ordinal);
        Assert.EndsWith("\r\n", field, StringComparison.Ordinal);
        Assert.All(field.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.DoesNotContain("l=", field.Split("bh=")[0], StringComparison.Ordinal);
        Assert.DoesNotContain("X-Other", field, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_instant_gives_the_same_octets() => Assert.Equal(Sign(Header, Body), Sign(Header, Body));

    [Theory]
    [InlineData("From")]
    [InlineData("To")]
    [InlineData("Subject")]
    [InlineData("Date")]
    [InlineData("Message-ID")]
    [InlineData("Reply-To")]
    [InlineData("List-Unsubscribe")]
    [InlineData("List-Unsubscribe-Post")]
    public void A_field_added_on_the_way_breaks_the_signature(string name)
    {
        var signature = Sign(Header, Body);

        Assert.Equal(DkimVerdict.Fail, Verify($"{signature}{name}: x\r\n{Header}", Body).Verdict);
        Assert.Equal(DkimVerdict.Fail, Verify($"{signature}{Header}{name}: x\r\n", Body).Verdict);
    }

    [Theory]
    [InlineData("Hello Ann,\r\n\r\nthe sale is on.", DkimVerdict.Pass)]
    [InlineData("Hello Ann, \r\n\r\nthe  sale is on.\r\n\r\n", DkimVerdict.Pass)]
    [InlineData("Hello Ann,\r\nthe sale is on.\r\n", DkimVerdict.Fail)]
    [InlineData("Hello Ann,\r\n\r\nthe sale is off.\r\n", DkimVerdict.Fail)]
    [InlineData("Hello Ann,\r\n\r\nthe sale is on.\r\nx", DkimVerdict.Fail)]
    public void Only_blanks_of_the_body_may_change_when_relaxed(string changed, DkimVerdict expected) =>
        Assert.Equal(expected, Verify(Sign(Header, Body) + Header, changed).Verdict);

    [Theory]
    [InlineData("subject: Big sale\r\n", DkimVerdict.Pass)]
    [InlineData("Subject : Big\r\n sale\r\n", DkimVerdict.Pass)]
    [InlineData("Subject: Bigsale\r\n", DkimVerdict.Fail)]
    [InlineData("Subject: big sale\r\n", DkimVerdict.Fail)]
    public void Only_blanks_and_case_of_names_may_change_in_a_relaxed_field(string changed, DkimVerdict expected) =>
        Assert.Equal(expected, Verify(Sign(Header, Body) + Header.Replace("Subject:  Big\t sale \r\n", changed, StringComparison.Ordinal), Body).Verdict);

    [Theory]
    [InlineData(DkimCanonicalization.Simple, "", "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=")]
    [InlineData(DkimCanonicalization.Simple, "\r\n\r\n", "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=")]
    [InlineData(DkimCanonicalization.Relaxed, "", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData(DkimCanonicalization.Relaxed, " \t\r\n\r\n", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    public void An_empty_body_has_the_hash_that_RFC_6376_gives(DkimCanonicalization canonicalization, string body, string expected) =>
        Assert.Equal(expected, Hash(body, canonicalization));

    [Fact]
    public void A_relaxed_body_is_what_the_rules_make_of_it_line_by_line()
    {
        var random = new Random(6376);
        string[] pieces = ["a", "b c", " ", "  ", "\t", " \t", "\t ", "\r\n", "\r\n\r\n", " \r\n", "\r", "\n", "x=20", ".", new string('y', 400), new string(' ', 400)];
        for (var i = 0; i < 4000; i++)
        {
            var body = string.Concat(Enumerable.Range(0, random.Next(i % 10 is 0 ? 300 : 20)).Select(_ => pieces[random.Next(pieces.Length)]));

            Assert.Equal(Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(RelaxSimply(body)))), Hash(body, DkimCanonicalization.Relaxed));
        }
    }

    [Theory]
    [InlineData("acme.example\r\nBcc", "s1")]
    [InlineData("acme.example; x=1", "s1")]
    [InlineData("", "s1")]
    [InlineData("acme.example", "s 1")]
    public void A_domain_or_selector_that_would_break_the_field_is_refused(string domain, string selector) =>
        Assert.Throws<ArgumentException>(() => new DkimSigner(domain, selector, Key.PrivateKeyPem));

    [Fact]
    public void A_key_of_512_bits_is_refused()
    {
        using var rsa = RSA.Create(512);
        var pem = rsa.ExportPkcs8PrivateKeyPem();

        Assert.Throws<ArgumentException>(() => new DkimSigner("acme.example", "s1", pem));
    }

    [Fact]
    public void A_message_without_from_is_not_signed() => Assert.Throws<InvalidOperationException>(() => Sign("To: a@example.org\r\n", Body));

    [Theory]
    [InlineData("no colon here\r\n")]
    [InlineData(" continuation of nothing\r\n")]
    public void What_is_no_header_block_is_not_signed(string header) => Assert.Throws<ArgumentException>(() => Sign(header, Body));

    [Fact]
    public void A_new_key_has_2048_bits_and_its_record_verifies()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(Key.PrivateKeyPem);

        Assert.Equal(2048, rsa.KeySize);
        Assert.StartsWith("v=DKIM1; k=rsa; p=MII", Key.DnsText, StringComparison.Ordinal);
        Assert.Equal(Key.DnsText, DkimKey.FromPem(Key.PrivateKeyPem).DnsText);
    }

    private static string Sign(string header, string body, DkimOptions? options = null)
    {
        using var signer = new DkimSigner("acme.example", "s1", Key.PrivateKeyPem, options);
        var output = new ArrayBufferWriter<byte>();
        signer.Sign(Encoding.ASCII.GetBytes(header), Encoding.ASCII.GetBytes(body), SignedAt, output);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }

    private static DkimResult Verify(string header, string body)
    {
        var octets = Encoding.ASCII.GetBytes(header);
        var signature = Assert.Single(DkimVerifier.ReadSignatures(octets));
        return DkimVerifier.Verify(signature, octets, Encoding.ASCII.GetBytes(body), Key.DnsText, SignedAt);
    }

    private static string Hash(string body, DkimCanonicalization canonicalization)
    {
        using var bodyHash = new BodyHash();
        var hash = new byte[SHA256.HashSizeInBytes];
        bodyHash.Compute(Encoding.ASCII.GetBytes(body), canonicalization, hash);
        return Convert.ToBase64String(hash);
    }

    private static string RelaxSimply(string body)
    {
        var lines = body.Split("\r\n").Select(line =>
        {
            line = line.Replace('\t', ' ');
            while (line.Contains("  ", StringComparison.Ordinal))
                line = line.Replace("  ", " ", StringComparison.Ordinal);
            return line.TrimEnd(' ');
        }).ToList();
        while (lines is [.., ""])
            lines.RemoveAt(lines.Count - 1);
        return string.Concat(lines.Select(line => line + "\r\n"));
    }
}
