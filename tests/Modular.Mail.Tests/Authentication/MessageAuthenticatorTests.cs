using System.Buffers;
using System.Net;
using System.Text;
using Modular.Mail.Authentication;
using Modular.Mail.Dkim;
using Modular.Mail.Dns;
using Modular.Testing;

namespace Modular.Mail.Tests.Authentication;

public sealed class MessageAuthenticatorTests
{
    private const string Header = "From: FBL <fbl@provider.test>\r\nTo: fbl@acme.example\r\nSubject: report\r\n";
    private const string Body = "spam!\r\n";

    private static readonly DkimKey Key = DkimKey.Generate();
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_aligned_signature_makes_the_author_known()
    {
        var checkedMail = await CheckAsync(Zone(), Signed("provider.test"), "203.0.113.9");

        Assert.Equal((SpfVerdict.Fail, DmarcVerdict.Pass, true), (checkedMail.Spf.Verdict, checkedMail.Dmarc.Verdict, checkedMail.IsAuthorKnown));
        Assert.StartsWith("Authentication-Results: mx.acme.example;\r\n spf=fail (all of bounce.provider.test)", checkedMail.ToResults("mx.acme.example").ToField(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_does_a_client_that_may_send_for_it() => Assert.True((await CheckAsync(Zone(), Header + "\r\n" + Body, "192.0.2.1")).IsAuthorKnown);

    [Theory]
    [InlineData("")]
    [InlineData("From: other@evil.test\r\n")]      // a second author
    public async Task Nobody_else_can_take_its_name(string added) => Assert.False((await CheckAsync(Zone(), added + Header + "\r\n" + Body, added.Length is 0 ? "203.0.113.9" : "192.0.2.1")).IsAuthorKnown);

    [Fact]
    public async Task A_signature_of_somebody_else_does_not_help() => Assert.False((await CheckAsync(Zone(), Signed("evil.test"), "203.0.113.9")).IsAuthorKnown);

    [Fact]
    public async Task Without_a_policy_the_same_domain_still_vouches()
    {
        var zone = new FakeDns().Text("s1._domainkey.provider.test", Key.DnsText).Text("s1._domainkey.evil.test", Key.DnsText);

        Assert.True((await CheckAsync(zone, Signed("provider.test"), "203.0.113.9")).IsAuthorKnown);
        Assert.False((await CheckAsync(zone, Signed("evil.test"), "203.0.113.9")).IsAuthorKnown);
    }

    [Fact]
    public async Task A_key_that_cannot_be_asked_for_is_a_passing_trouble()
    {
        var checkedMail = await CheckAsync(new FakeDns().Broken("s1._domainkey.provider.test", DnsType.Txt), Signed("provider.test"), "203.0.113.9");

        Assert.Equal(DkimVerdict.TempError, Assert.Single(checkedMail.Dkim).Verdict);
        Assert.False(checkedMail.IsAuthorKnown);
    }

    private static FakeDns Zone() => new FakeDns()
        .Text("_dmarc.provider.test", "v=DMARC1; p=reject").Text("bounce.provider.test", "v=spf1 ip4:192.0.2.0/24 -all")
        .Text("s1._domainkey.provider.test", Key.DnsText).Text("s1._domainkey.evil.test", Key.DnsText);

    private static string Signed(string domain)
    {
        using var signer = new DkimSigner(domain, "s1", Key.PrivateKeyPem);
        var field = new ArrayBufferWriter<byte>();
        signer.Sign(Encoding.ASCII.GetBytes(Header), Encoding.ASCII.GetBytes(Body), Now, field);
        return Encoding.ASCII.GetString(field.WrittenSpan) + Header + "\r\n" + Body;
    }

    private static ValueTask<MessageAuthentication> CheckAsync(FakeDns dns, string message, string client) =>
        new MessageAuthenticator(dns).AuthenticateAsync(new SpfQuery(IPAddress.Parse(client), "mail.provider.test", "x@bounce.provider.test"), Encoding.ASCII.GetBytes(message), Now, Ct);
}
