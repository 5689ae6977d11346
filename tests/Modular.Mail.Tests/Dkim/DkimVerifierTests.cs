using System.Text;
using System.Text.Json;
using Modular.Mail.Dkim;

namespace Modular.Mail.Tests.Dkim;

public sealed class DkimVerifierTests
{
    private const string RsaRecord = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";

    /// <summary>The message of RFC 8463 §A.3 with its RSA signature alone.</summary>
    private const string Header = """
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=test; t=1528637909; h=from : to : subject :
         date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
         DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
         dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        """;

    private const string Body = """
        Hi.

        We lost the game.  Are you hungry yet?

        Joe.

        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    /// <summary>RFC 6376 §A.2, its blanks as they were when it was signed.</summary>
    [Fact]
    public void The_signature_of_RFC_6376_passes()
    {
        const string Record = "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";
        const string Signed = """
            DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
                  c=simple/simple; q=dns/txt; i=joe@football.example.com;
                  h=Received : From : To : Subject : Date : Message-ID;
                  bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
                  b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
                    4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
                    KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
                    4bmp/YzhwvcubU4=;
            Received: from client1.football.example.com  [192.0.2.1]
                  by submitserver.example.com with SUBMISSION;
                  Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
            From: Joe SixPack <joe@football.example.com>
            To: Suzie Q <suzie@shopping.example.net>
            Subject: Is dinner ready?
            Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
            Message-ID: <20030712040037.46341.5F8J@football.example.com>

            """;

        Assert.Equal((DkimVerdict.Pass, null), Check(Signed, Record, Body.Replace("  ", " ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_signature_of_RFC_8463_passes() => Assert.Equal((DkimVerdict.Pass, null), Check(Header, RsaRecord));

    [Theory]
    [InlineData("We lost", "We won", DkimVerdict.Fail)]
    [InlineData("Are you hungry", "Are you  hungry", DkimVerdict.Pass)]
    public void The_body_is_what_was_signed(string old, string changed, DkimVerdict expected) =>
        Assert.Equal(expected, Check(Header, RsaRecord, Body.Replace(old, changed, StringComparison.Ordinal)).Verdict);

    [Theory]
    [InlineData("v=1;", "v=2;", "v= is not 1")]
    [InlineData("v=1; ", "", "v= is not 1")]
    [InlineData("from : to", "to", "h= does not sign From")]
    [InlineData("i=@football", "i=@foot", "i= is not within d=")]
    [InlineData("s=test; ", "", "a=, d= or s= is missing")]
    [InlineData("bh=2jUS", "bh=*jUS", "b= or bh= is missing or not base64")]
    [InlineData("c=relaxed/relaxed", "c=relaxed/strict", "c= names no known canonicalization")]
    [InlineData("q=dns/txt", "q=web", "q= offers no dns/txt")]
    [InlineData("t=1528637909", "t=1528637909; x=1528637908", "x= is not after t=")]
    [InlineData("t=1528637909", "t=1528637909; x=1528637910", "the signature has expired")]
    [InlineData("t=1528637909", "t=soon", "l=, t= or x= is not a number")]
    [InlineData("v=1;", "v=1; v=1;", "the tag list is malformed")]
    [InlineData("rsa-sha256", "rsa-sha1", "rsa-sha1 is not checked here")]
    public void A_signature_that_cannot_be_checked_says_why(string old, string changed, string reason)
    {
        var header = Header.Replace(" date : message-id : from", " date : message-id", StringComparison.Ordinal).Replace(old, changed, StringComparison.Ordinal);

        Assert.Equal((DkimVerdict.PermError, reason), Check(header, RsaRecord));
    }

    [Theory]
    [InlineData(null, "there is no key record")]
    [InlineData("v=DKIM1; p=", "the key has been revoked")]
    [InlineData("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "the key is not of type rsa")]
    [InlineData("v=DKIM1; k=dsa; p=AAAA", "the key is of no known type")]
    [InlineData("v=DKIM1; g=ann; p=AAAA", "the key is not for the local part of i=")]
    [InlineData("v=DKIM1; k=rsa; h=sha1; s=email; p=AAAA", "the key does not allow sha256")]
    [InlineData("v=DKIM1; h=sha1; p=AAAA", "the key does not allow sha256")]
    [InlineData("v=DKIM1; s=tlsrpt; p=AAAA", "the key is not for email")]
    [InlineData("v=DKIM2; p=AAAA", "the key record is not v=DKIM1")]
    [InlineData("v=DKIM1; p=*", "p= is not base64")]
    [InlineData("v=DKIM1; p=AAAA", "the key is no RSA key of 1024 to 8192 bits")]
    [InlineData("v=DKIM1", "the key record has no p=")]
    [InlineData("p", "the key record is malformed")]
    public void A_key_that_cannot_be_used_says_why(string? record, string reason) =>
        Assert.Equal((DkimVerdict.PermError, reason), Check(Header, record));

    [Fact]
    public void Text_behind_a_counted_body_is_not_looked_at()
    {
        // l= is never written by us and is only obeyed when reading; the signature itself then no longer matches.
        var signature = DkimVerifier.ReadSignatures(Octets(Header.Replace("v=1;", "v=1; l=4;", StringComparison.Ordinal)))[0];

        Assert.Equal(4, signature.BodyBytes);
    }

    [Fact]
    public void Real_signatures_get_the_verdict_that_several_verifiers_give()
    {
        var wrong = new List<string>();
        foreach (var (label, octets) in Corpus.Read("dkim"))
        {
            if (!label.TryGetProperty("expected", out var expected) || expected.GetString() is not ("pass" or "not-pass"))
                continue;
            var (header, body) = Split(octets);
            var signatures = DkimVerifier.ReadSignatures(header);
            // An expiry in the past was not when the verdict was given.
            var verdicts = signatures.Select(s => DkimVerifier.Verify(s, header, body, Record(label, s.KeyName), DateTimeOffset.UnixEpoch)).ToList();
            if (verdicts.Any(v => v.Verdict is DkimVerdict.Pass) != (expected.GetString() is "pass"))
                wrong.Add($"{label.GetProperty("file").GetString()}: {string.Join(", ", verdicts.Select(v => $"{v.Verdict} {v.Reason}"))}");
        }

        Assert.Empty(wrong);
    }

    private static string? Record(JsonElement label, string name) =>
        label.GetProperty("dns").EnumerateObject().FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Value.ValueKind: JsonValueKind.String } record ? record.Value.GetString() : null;

    internal static (byte[] Header, byte[] Body) Split(byte[] octets)
    {
        var text = Encoding.Latin1.GetString(octets).Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        var empty = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return empty < 0
            ? (Encoding.Latin1.GetBytes(text), [])
            : (Encoding.Latin1.GetBytes(text[..(empty + 2)]), Encoding.Latin1.GetBytes(text[(empty + 4)..]));
    }

    private static (DkimVerdict Verdict, string? Reason) Check(string header, string? record, string body = Body)
    {
        var octets = Octets(header);
        var result = DkimVerifier.Verify(DkimVerifier.ReadSignatures(octets)[0], octets, Octets(body), record, Now);
        return (result.Verdict, result.Reason);
    }

    private static byte[] Octets(string text) => Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n"));
}
