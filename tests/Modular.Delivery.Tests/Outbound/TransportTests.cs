using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Modular.Delivery.Outbound;
using Modular.Mail.Dns;
using Modular.Mail.Smtp.Client;
using Modular.Mail.Tests.Smtp;
using Modular.Mail.Tests.TransportSecurity;
using Modular.Mail.TransportSecurity;
using Modular.Testing;

namespace Modular.Delivery.Tests.Outbound;

/// <summary>From the recipient's domain to a session with one of its servers, or to the reason why there is none now: real TLS, a real policy site, no database.</summary>
public sealed class TransportTests : IAsyncLifetime
{
    private const string Domain = "bank.example", Host = "mx.bank.example";

    private static readonly TestAuthority Authority = new(), Stranger = new();
    private static readonly X509Certificate2 Good = Authority.Issue(Host), Expired = Authority.Issue(Host, isExpired: true), Other = Authority.Issue("mx.other.example"), Unknown = Stranger.Issue(Host);
    private static readonly X509Certificate2 Site = Authority.Issue("mta-sts." + Domain), ExpiredSite = Authority.Issue("mta-sts." + Domain, isExpired: true), OtherSite = Authority.Issue("www." + Domain);

    private readonly TestFolder _folder = new("delivery-transport");
    private readonly FakeClock _clock = new(TimeProvider.System.GetUtcNow());
    private PolicySite _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Enforce { get; } = Policy("enforce", Host);

    public async ValueTask InitializeAsync()
    {
        _site = await PolicySite.StartAsync();
        _site.Certificate = Site;
        _site.Serve(Enforce);
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        _folder.Dispose();
    }

    public static TheoryData<string, string> MtaStsTable => new()
    {
        { "a good policy and certificate", "TLS 1.3, verified" },
        { "the server is not in the policy", "not a mail server of the domain's MTA-STS policy" },
        { "the server's certificate has expired", "expired" },
        { "the server's certificate is for another name", "not for mx.bank.example" },
        { "the server's certificate is a stranger's", "not from an authority" },
        { "the server offers no TLS", "does not offer STARTTLS" },
        { "the first server is not in the policy, the second is", "TLS 1.3, verified" },
        { "the site's certificate has expired", "TLS 1.3, untrusted" },
        { "the site's certificate is for another name", "TLS 1.3, untrusted" },
        { "the site redirects", "TLS 1.3, untrusted" },
        { "the site has no policy", "TLS 1.3, untrusted" },
        { "the policy is too large", "TLS 1.3, untrusted" },
        { "the policy is a web page", "TLS 1.3, untrusted" },
        { "the policy is only tested", "TLS 1.3, untrusted" },
        { "the policy is withdrawn", "TLS 1.3, untrusted" },
        { "the record is there twice", "TLS 1.3, untrusted" },
    };

    [Theory]
    [MemberData(nameof(MtaStsTable))]
    public async Task A_policy_is_kept_to(string scenario, string expected)
    {
        var (certificate, dns) = (Unknown, Dns());
        switch (scenario)
        {
            case "a good policy and certificate": certificate = Good; break;
            case "the server is not in the policy": _site.Serve(Policy("enforce", "*.elsewhere.example")); break;
            case "the server's certificate has expired": certificate = Expired; break;
            case "the server's certificate is for another name": certificate = Other; break;
            case "the server offers no TLS": certificate = null; break;
            case "the first server is not in the policy, the second is":
                (certificate, dns) = (Good, Dns(Zone("mx0.bank.example", Host).Text("_mta-sts." + Domain, "v=STSv1; id=1;")));
                break;
            case "the site's certificate has expired": _site.Certificate = ExpiredSite; break;
            case "the site's certificate is for another name": _site.Certificate = OtherSite; break;
            case "the site redirects": _site.Serve(Enforce, status: 301); break;
            case "the site has no policy": _site.Serve("no", status: 404); break;
            case "the policy is too large": _site.Serve(Enforce.PadRight(MtaStsPolicy.MaxBytes + 1, '\n')); break;
            case "the policy is a web page": _site.Serve(Enforce, type: "text/html"); break;
            case "the policy is only tested": _site.Serve(Policy("testing", "*.elsewhere.example")); break;
            case "the policy is withdrawn": _site.Serve("version: STSv1\nmode: none\nmax_age: 86400\n"); break;
            case "the record is there twice": dns = Dns(Zone(Host).Text("_mta-sts." + Domain, "v=STSv1; id=1;").Text("_mta-sts." + Domain, "v=STSv1; id=2;")); break;
        }
        await using var far = new FarServer(IPAddress.Loopback, certificate: certificate);
        using var routes = Routes(dns, far);

        Assert.Contains(expected, await ConnectAsync(routes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_kept_holds_though_the_record_goes_and_a_restart_comes_until_it_is_too_old()
    {
        await using var far = new FarServer(IPAddress.Loopback, certificate: Unknown);
        using (var routes = Routes(Dns(), far)) Assert.Contains("not from an authority", await ConnectAsync(routes), StringComparison.Ordinal);

        using (var routes = Routes(Zone(Host), far)) Assert.Contains("not from an authority", await ConnectAsync(routes), StringComparison.Ordinal);
        _site.Certificate = ExpiredSite;
        using (var routes = Routes(Dns(id: "2"), far)) Assert.Contains("not from an authority", await ConnectAsync(routes), StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromDays(8));
        using (var routes = Routes(Zone(Host), far)) Assert.Contains("TLS 1.3, untrusted", await ConnectAsync(routes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_policy_is_heard_of_before_a_failure_is_believed_and_the_same_one_is_not_fetched_twice()
    {
        var zone = Zone(Host).Text("_mta-sts." + Domain, "v=STSv1; id=1;");
        await using var far = new FarServer(IPAddress.Loopback, certificate: Unknown);
        using var routes = Routes(zone, far);
        Assert.Contains("not from an authority", await ConnectAsync(routes), StringComparison.Ordinal);
        Assert.Contains("not from an authority", await ConnectAsync(routes), StringComparison.Ordinal);
        Assert.Equal(1, _site.Requests);

        _site.Serve(Policy("testing", Host));
        using var after = Routes(Dns(id: "2"), far);
        Assert.Contains("TLS 1.3, untrusted", await ConnectAsync(after), StringComparison.Ordinal);
        Assert.Equal(2, _site.Requests);
    }

    public static TheoryData<string, string> DaneTable => new()
    {
        { "valid", "TLS 1.3, DANE" },
        { "wrong hash", "matches none of the TLSA records" },
        { "bogus", "TLSA records could not be looked up" },
        { "no TLSA", "TLS 1.3, untrusted" },
        { "an anchor", "TLS 1.3, DANE" },
        { "unusable", "TLS 1.3, untrusted" },
        { "unusable, and no TLS", "does not offer STARTTLS" },
        { "unsigned", "TLS 1.3, untrusted" },
        { "no TLS", "does not offer STARTTLS" },
    };

    [Theory]
    [MemberData(nameof(DaneTable))]
    public async Task Records_are_kept_to(string scenario, string expected)
    {
        await using var far = new FarServer(IPAddress.Loopback, certificate: scenario.EndsWith("no TLS", StringComparison.Ordinal) ? null : Unknown);
        var name = $"_{far.EndPoint.Port}._tcp.{Host}";
        var zone = Zone(Host).Validated(Domain, Host, name);
        var hash = SHA256.HashData(Unknown.PublicKey.ExportSubjectPublicKeyInfo());
        _ = scenario switch
        {
            "valid" or "no TLS" => zone.Tlsa(name, 3, 1, 1, hash),
            "wrong hash" => zone.Tlsa(name, 3, 1, 1, new byte[32]),
            "bogus" => zone.Broken(name, DnsType.Tlsa),
            "an anchor" => zone.Tlsa(name, 2, 0, 0, Stranger.Certificate.RawData),
            "unusable" or "unusable, and no TLS" => zone.Tlsa(name, 0, 1, 1, hash),
            "unsigned" => zone = Zone(Host).Validated(Host, name).Tlsa(name, 3, 1, 1, new byte[32]),
            _ => zone,
        };
        using var routes = Routes(zone, far);

        Assert.Contains(expected, await ConnectAsync(routes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsPolicy.Opportunistic, null, " [in clear]")]
    [InlineData(TlsPolicy.Required, null, "does not offer STARTTLS")]
    [InlineData(TlsPolicy.Verified, "stranger", "not from an authority")]
    [InlineData(TlsPolicy.Never, "good", " [in clear]")]
    [InlineData(TlsPolicy.Opportunistic, "good", "TLS 1.3, verified")]
    public async Task Our_own_side_asks_for_the_least_by_domain(TlsPolicy policy, string? certificate, string expected)
    {
        await using var far = new FarServer(IPAddress.Loopback, certificate: certificate switch { "good" => Good, "stranger" => Unknown, _ => null });
        using var routes = Routes(Zone(Host), far, settings => settings.Tls.Domains[Domain] = policy);
        Assert.Contains(expected, await ConnectAsync(routes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_whose_tls_is_broken_gets_its_mail_in_clear_and_is_not_asked_again_for_an_hour()
    {
        await using var far = ScriptedServer.Polite("STARTTLS", (at, _) => at is "STARTTLS" ? "220 go\r\n" + ScriptedServer.Close : null);
        using var routes = Routes(Zone(Host), far.EndPoint.Port);

        Assert.Contains("[in clear: TLS failed", await ConnectAsync(routes), StringComparison.Ordinal);
        Assert.Equal(" [in clear]", await ConnectAsync(routes));
        Assert.Single(far.Commands, "STARTTLS");

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("[in clear: TLS failed", await ConnectAsync(routes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_whose_tls_is_broken_gets_nothing_where_encryption_is_asked_for()
    {
        await using var far = ScriptedServer.Polite("STARTTLS", (at, _) => at is "STARTTLS" ? "220 go\r\n" + ScriptedServer.Close : null);
        using var routes = Routes(Dns(), far.EndPoint.Port);

        Assert.StartsWith("TLS failed", await ConnectAsync(routes), StringComparison.Ordinal);
        Assert.Equal(1, far.Sessions);
    }

    [Fact]
    public async Task A_slow_site_keeps_nobody_waiting()
    {
        var gate = new TaskCompletionSource();
        _site.Answer = _ => gate.Task;
        await using var far = new FarServer(IPAddress.Loopback, certificate: Good);
        using var routes = Routes(Dns(), far);
        var asking = routes.Routes.FindAsync(Domain, Ct).AsTask();
        await Eventually.HoldsAsync(() => _site.Requests is 1, Ct);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.IsType<RouteAnswer.NotYet>(await asking);

        _site.Serve(Enforce);
        gate.SetResult();
    }

    private static string Policy(string mode, string host) => $"version: STSv1\nmode: {mode}\nmx: {host}\nmax_age: 604800\n";

    private static FakeDns Zone(params string[] hosts)
    {
        var dns = new FakeDns().Address("mta-sts." + Domain, "127.0.0.1");
        foreach (var (i, host) in hosts.Index()) dns.Mx(Domain, 10 + i, host).Address(host, "127.0.0.1");
        return dns;
    }

    private static FakeDns Dns(FakeDns? zone = null, string id = "1") => zone ?? Zone(Host).Text("_mta-sts." + Domain, $"v=STSv1; id={id};");

    private Parts Routes(FakeDns dns, FarServer far, Action<DeliverySettings>? configure = null) => Routes(dns, far.EndPoint.Port, configure);

    private Parts Routes(FakeDns dns, int port, Action<DeliverySettings>? configure = null)
    {
        var settings = new DeliverySettings { Mode = DeliveryMode.Mx, Mx = { Port = port } };
        configure?.Invoke(settings);
        var trust = OutboundTrust.Of([Authority.Certificate], _site.Port);
        var fetcher = new PolicyFetcher(dns, trust);
        var shelf = new PolicyShelf(new HostFacts(_folder.Path, new Uri("http://127.0.0.1:1"), HostRoles.All, new HostPorts(0, 0, 0, 0, 0)));
        var policies = new DomainPolicies(dns, fetcher, shelf, _clock, NullLogger<DomainPolicies>.Instance);
        return new Parts(new MxRoutes(dns, policies, trust, Options.Create(settings), _clock, NullLogger<MxRoute>.Instance), policies, fetcher);
    }

    /// <returns>How the session is encrypted; or why there is none.</returns>
    private static async Task<string> ConnectAsync(Parts parts)
    {
        var answer = await parts.Routes.FindAsync(Domain, Ct);
        if (answer is RouteAnswer.NotNow later) return later.Words;
        try
        {
            var open = await Assert.IsType<RouteAnswer.Found>(answer).Route.ConnectAsync(null, Ct);
            await using (open.Smtp) return open.Privacy;
        }
        catch (SmtpException fault)
        {
            return fault.Message;
        }
    }

    private sealed record Parts(MxRoutes Routes, DomainPolicies Policies, PolicyFetcher Fetcher) : IDisposable
    {
        public void Dispose()
        {
            Policies.Dispose();
            Fetcher.Dispose();
        }
    }
}
