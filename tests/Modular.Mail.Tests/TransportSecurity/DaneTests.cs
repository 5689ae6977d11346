using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modular.Mail.Dns;
using Modular.Mail.Smtp.Client;
using Modular.Mail.TransportSecurity;
using Modular.Testing;

namespace Modular.Mail.Tests.TransportSecurity;

public sealed class DaneTests
{
    private const string Host = "mx.signed.example", Domain = "signed.example";

    private static readonly TestAuthority Root = new();
    private static readonly TestAuthority Middle = new(Root);
    private static readonly X509Certificate2 Own = Middle.Issue(Host), Expired = Middle.Issue("other.example", isExpired: true);
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3, 0, 0)]
    [InlineData(3, 0, 1)]
    [InlineData(3, 0, 2)]
    [InlineData(3, 1, 0)]
    [InlineData(3, 1, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(2, 0, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(2, 1, 2)]
    public void A_certificate_matches_in_every_way_that_counts_and_another_never(int usage, int selector, int matching)
    {
        var subject = usage is 3 ? Own : Middle.Certificate;
        Assert.Null(Judge([Record(usage, selector, matching, subject)], Own));
        var other = new TestAuthority();
        Assert.NotNull(Judge([Record(usage, selector, matching, usage is 3 ? other.Issue(Host) : other.Certificate)], Own));
        var spoilt = Record(usage, selector, matching, subject).Data.ToArray();
        spoilt[^1] ^= 1;
        Assert.NotNull(Judge([new DnsRecord.Tlsa((byte)usage, (byte)selector, (byte)matching, spoilt)], Own));
    }

    [Fact]
    public void An_end_entitys_own_record_forgives_name_and_dates_and_an_anchors_does_not()
    {
        Assert.Null(Judge([Record(3, 1, 1, Expired)], Expired));
        Assert.Contains("is not for", Judge([Record(2, 0, 1, Middle.Certificate)], Expired), StringComparison.Ordinal);
        Assert.NotNull(Judge([Record(2, 0, 1, Middle.Certificate)], Middle.Issue(Host, isExpired: true)));
        Assert.Null(Judge([Record(2, 0, 1, Middle.Certificate)], Middle.Issue(Domain)));   // the domain whose MX it is (RFC 7672 §3.2.2)
    }

    [Fact]
    public void An_anchor_may_be_the_root_and_need_not_be_sent_when_the_record_holds_all_of_it()
    {
        Assert.Null(DaneVerifier.Judge([Record(2, 0, 1, Root.Certificate)], Own, [Middle.Certificate, Root.Certificate], [Host], Now));
        Assert.Null(DaneVerifier.Judge([Record(2, 0, 0, Root.Certificate)], Own, [Middle.Certificate], [Host], Now));
        Assert.NotNull(DaneVerifier.Judge([Record(2, 0, 1, Root.Certificate)], Own, [], [Host], Now));
    }

    [Fact]
    public void Of_two_digests_of_one_thing_the_stronger_counts()
    {
        var wrong = new TestAuthority().Issue(Host);
        Assert.NotNull(Judge([Record(3, 1, 1, Own), Record(3, 1, 2, wrong)], Own));
        Assert.Null(Judge([Record(3, 1, 1, wrong), Record(3, 1, 2, Own)], Own));
        Assert.Null(Judge([Record(3, 1, 1, Own), Record(3, 0, 2, wrong)], Own));
    }

    [Theory]
    [InlineData(0, 1, 1, 32)]
    [InlineData(1, 1, 1, 32)]
    [InlineData(3, 2, 1, 32)]
    [InlineData(3, 1, 3, 32)]
    [InlineData(3, 1, 1, 20)]
    [InlineData(3, 1, 2, 32)]
    [InlineData(3, 0, 0, 0)]
    public void What_a_mail_client_cannot_use_asks_for_encryption_alone(byte usage, byte selector, byte matching, int bytes)
    {
        var record = new DnsRecord.Tlsa(usage, selector, matching, new byte[bytes]);
        Assert.False(DaneVerifier.IsUsable(record));
        Assert.Equal(TlsPolicy.Required, Assert.IsType<HostVerdict.Use>(HostDecision.Decide(Host, TlsPolicy.Opportunistic, new TlsaFinding.Records([record]), null)).Tls);
    }

    [Fact]
    public async Task Only_signed_answers_from_the_domain_to_the_record_count()
    {
        FakeDns Zone() => new FakeDns().Mx(Domain, 10, Host).Address(Host, "192.0.2.1").Tlsa($"_25._tcp.{Host}", 3, 1, 1, new byte[32]);
        async Task<TlsaFinding> FindAsync(FakeDns dns) => await new TlsaLookup(dns).FindAsync(Domain, Host, 25, Ct);

        Assert.Single(Assert.IsType<TlsaFinding.Records>(await FindAsync(Zone().Validated(Domain, Host, $"_25._tcp.{Host}"))).All);
        Assert.IsType<TlsaFinding.None>(await FindAsync(Zone().Validated(Host, $"_25._tcp.{Host}")));
        Assert.IsType<TlsaFinding.None>(await FindAsync(Zone().Validated(Domain, $"_25._tcp.{Host}")));
        Assert.IsType<TlsaFinding.None>(await FindAsync(Zone().Validated(Domain, Host)));
        Assert.IsType<TlsaFinding.None>(await FindAsync(new FakeDns().Mx(Domain, 10, Host).Address(Host, "192.0.2.1").Validated(Domain, Host, $"_25._tcp.{Host}")));
        Assert.IsType<TlsaFinding.Unknown>(await FindAsync(Zone().Broken($"_25._tcp.{Host}", DnsType.Tlsa).Validated(Domain, Host)));
        Assert.IsType<TlsaFinding.Unknown>(await FindAsync(Zone().Broken(Host, DnsType.A).Validated(Domain, Host)));
    }

    [Fact]
    public async Task Behind_an_alias_the_record_stands_where_it_leads_or_where_it_begins()
    {
        FakeDns Zone() => new FakeDns().Mx(Domain, 10, Host).Alias(Host, "end.example").Address("end.example", "192.0.2.1").Validated(Domain, Host, "end.example", "_25._tcp.end.example", $"_25._tcp.{Host}");
        async Task<int> CountAsync(FakeDns dns) => Assert.IsType<TlsaFinding.Records>(await new TlsaLookup(dns).FindAsync(Domain, Host, 25, Ct)).All.Count;

        Assert.Equal(1, await CountAsync(Zone().Tlsa("_25._tcp.end.example", 3, 1, 1, new byte[32])));
        Assert.Equal(1, await CountAsync(Zone().Tlsa($"_25._tcp.{Host}", 3, 1, 1, new byte[32])));
    }

    [Theory]
    [InlineData(TlsPolicy.Opportunistic, MtaStsMode.Enforce, "mx.signed.example", TlsPolicy.Verified)]
    [InlineData(TlsPolicy.Opportunistic, MtaStsMode.Enforce, "mx.other.example", null)]
    [InlineData(TlsPolicy.Opportunistic, MtaStsMode.Testing, "mx.other.example", TlsPolicy.Opportunistic)]
    [InlineData(TlsPolicy.Required, MtaStsMode.None, "mx.other.example", TlsPolicy.Required)]
    [InlineData(TlsPolicy.Verified, MtaStsMode.Testing, "mx.other.example", TlsPolicy.Verified)]
    public void Without_records_a_policy_decides(TlsPolicy wanted, MtaStsMode mode, string covered, TlsPolicy? expected)
    {
        var policy = new MtaStsPolicy(mode, [covered], TimeSpan.FromDays(1));
        Assert.Equal(expected, (HostDecision.Decide(Host, wanted, new TlsaFinding.None(), policy) as HostVerdict.Use)?.Tls);
        var records = new TlsaFinding.Records([Record(3, 1, 1, Own)]);
        Assert.Equal(TlsPolicy.Dane, Assert.IsType<HostVerdict.Use>(HostDecision.Decide(Host, wanted, records, policy)).Tls);   // RFC 8461 §2
        Assert.IsType<HostVerdict.Pass>(HostDecision.Decide(Host, wanted, new TlsaFinding.Unknown("x"), policy));
    }

    private static string? Judge(IReadOnlyList<DnsRecord.Tlsa> records, X509Certificate2 own) => DaneVerifier.Judge(records, own, [Middle.Certificate], [Host, Domain], Now);

    private static DnsRecord.Tlsa Record(int usage, int selector, int matching, X509Certificate2 certificate)
    {
        var subject = selector is 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return new DnsRecord.Tlsa((byte)usage, (byte)selector, (byte)matching, matching switch { 0 => subject, 1 => SHA256.HashData(subject), _ => SHA512.HashData(subject) });
    }
}
