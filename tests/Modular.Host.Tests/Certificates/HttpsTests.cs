using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Modular.Host.Certificates;
using Modular.Testing;

namespace Modular.Host.Tests.Certificates;

/// <summary>The console's TLS listener, over real sockets.</summary>
public sealed class HttpsTests(HttpsTests.Host host) : IClassFixture<HttpsTests.Host>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task TLS_of_today_is_spoken_with_authenticated_ciphers(SslProtocols version)
    {
        await using var tls = await ConnectAsync(version);

        Assert.Equal(version, tls.SslProtocol);
        Assert.Matches("_GCM_|POLY1305", tls.NegotiatedCipherSuite.ToString());
    }

    [Fact]
    public async Task TLS_of_yesterday_is_refused()
    {
        // Straight from the socket, since a client library may refuse by itself: a ClientHello of TLS 1.1.
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Facts.Ports.Https, Ct);
        await client.GetStream().WriteAsync(HelloOf(minor: 2), Ct);
        var answer = new byte[7];
        await client.GetStream().ReadExactlyAsync(answer, Ct);

        const byte alert = 21, fatal = 2, protocolVersion = 70;
        Assert.Equal((alert, fatal, protocolVersion), (answer[0], answer[5], answer[6]));
    }

    [Fact]
    public async Task The_same_hello_in_TLS_1_2_is_answered()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Facts.Ports.Https, Ct);
        await client.GetStream().WriteAsync(HelloOf(minor: 3), Ct);
        var answer = new byte[6];
        await client.GetStream().ReadExactlyAsync(answer, Ct);

        const byte handshake = 22, serverHello = 2;
        Assert.Equal((handshake, serverHello), (answer[0], answer[5]));
    }

    [Fact]
    public async Task Answers_over_TLS_tell_browsers_to_come_by_TLS_only()
    {
        using var client = NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz");
        request.Headers.Host = "mail.example";
        using var answer = await client.SendAsync(request, Ct);

        Assert.Equal("max-age=31536000; includeSubDomains", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
    }

    [Fact]
    public async Task Cookies_set_over_TLS_are_bound_to_this_host_and_to_TLS()
    {
        using var client = NewClient();
        using var answer = await client.GetAsync("/sign-in", Ct);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.Contains("modular", StringComparison.Ordinal));

        Assert.StartsWith("__Host-modular-form=", cookie, StringComparison.Ordinal);
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_new_certificate_is_taken_up_without_a_restart_and_a_broken_one_is_not()
    {
        Assert.Equal("CN=mail.example", await SubjectAsync());

        host.Put(TestCertificate.New("renewed.example"));
        host.Services.GetRequiredService<ServerCertificate>().Refresh();
        Assert.Equal("CN=renewed.example", await SubjectAsync());

        File.WriteAllText(host.CertificatePath, "half a file");
        Assert.False(host.Services.GetRequiredService<ServerCertificate>().Refresh());
        Assert.Equal("CN=renewed.example", await SubjectAsync());

        host.Put(TestCertificate.New("mail.example"));
        await Eventually.HoldsAsync(async () => await SubjectAsync() == "CN=mail.example", Ct);   // by the watch, as in an installation
    }

    private async Task<string> SubjectAsync()
    {
        await using var tls = await ConnectAsync(SslProtocols.None);
        return tls.RemoteCertificate!.Subject;   // set once the handshake is done
    }

    private async Task<SslStream> ConnectAsync(SslProtocols version)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Facts.Ports.Https, Ct);
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "mail.example", EnabledSslProtocols = version, RemoteCertificateValidationCallback = IsOurs }, Ct);
        return tls;
    }

    private HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, SslOptions = new() { RemoteCertificateValidationCallback = IsOurs } })
    {
        BaseAddress = new UriBuilder(Uri.UriSchemeHttps, "127.0.0.1", host.Facts.Ports.Https).Uri,
    };

    private static bool IsOurs(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate?.Issuer == TestCertificate.Authority;

    /// <summary>A ClientHello (RFC 5246 §7.4.1.2) with suites that both versions know, supported groups and signature algorithms.</summary>
    private static byte[] HelloOf(byte minor)
    {
        byte[] suites = [0xc0, 0x2f, 0xc0, 0x30, 0xc0, 0x13, 0xc0, 0x14];
        byte[] extensions = [0x00, 0x0a, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17, 0x00, 0x0b, 0x00, 0x02, 0x01, 0x00, 0x00, 0x0d, 0x00, 0x06, 0x00, 0x04, 0x04, 0x01, 0x02, 0x01];
        byte[] body = [3, minor, .. new byte[32], 0, 0, (byte)suites.Length, .. suites, 1, 0, 0, (byte)extensions.Length, .. extensions];
        byte[] message = [1, 0, 0, (byte)body.Length, .. body];
        return [22, 3, 1, 0, (byte)message.Length, .. message];
    }

    public sealed class Host(PostgresFixture postgres) : TestHost(postgres)
    {
        private readonly TestFolder _folder = new("https");

        public string CertificatePath => _folder.File("chain.pem");

        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
        {
            ["Host:Certificate:Path"] = CertificatePath,
            ["Host:Certificate:KeyPath"] = _folder.File("key.pem"),
            ["Host:PublicUrl"] = "https://mail.example",
        };

        internal void Put(TestCertificate certificate)
        {
            File.WriteAllText(CertificatePath, certificate.LeafPem + certificate.IssuerPem);
            File.WriteAllText(_folder.File("key.pem"), certificate.KeyPem);
        }

        public override async ValueTask InitializeAsync()
        {
            Put(TestCertificate.New("mail.example"));
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            _folder.Dispose();
        }
    }
}
