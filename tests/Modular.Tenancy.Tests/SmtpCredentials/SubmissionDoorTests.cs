using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SmtpCredentials;

/// <summary>The whole suite: a credential from the command line opens submission over TLS, and stops opening it when it should.</summary>
public sealed class SubmissionDoorTests(SignInHost host) : IClassFixture<SignInHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_credential_submits_until_it_is_rotated_out_confined_or_revoked()
    {
        using var rest = host.NewClient();
        rest.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.Key);
        using var domain = await rest.PostAsJsonAsync("/api/v1/sending-domains", new { domain = "acme.example" }, Ct);
        Assert.Equal(HttpStatusCode.Created, domain.StatusCode);
        var (user, password) = await MadeAsync("smtp", "create", "acme", "--name", "shop", "--domains", "acme.example", "--networks", "127.0.0.0/8,::1", "--json");

        Assert.Equal("535", await SignInAsync(user, password[..^1]));
        await using var session = await OpenAsync();
        Assert.StartsWith("235", await session.SayAsync(Plain(user, password)), StringComparison.Ordinal);
        Assert.StartsWith("550", await session.SayAsync("MAIL FROM:<a@elsewhere.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await session.SayAsync("MAIL FROM:<shop@acme.example>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await session.SayAsync("RCPT TO:<ann@sink.test>"), StringComparison.Ordinal);
        Assert.StartsWith("354", await session.SayAsync("DATA"), StringComparison.Ordinal);
        Assert.StartsWith("250", await session.SayAsync("From: shop@acme.example\r\nSubject: Your order\r\n\r\nThank you.\r\n."), StringComparison.Ordinal);

        var (second, its) = await MadeAsync("smtp", "rotate", "acme", "shop", "--json");
        Assert.Equal(("235", "235"), (await SignInAsync(user, password), await SignInAsync(second, its)));
        Assert.Equal(0, (await host.RunAsync("network", "set", "acme", "192.0.2.0/24", "--smtp", "shop")).Status);
        await Eventually.HoldsAsync(async () => await SignInAsync(second, its) is "535", Ct);   // the same words as for a wrong password
        Assert.Equal(0, (await host.RunAsync("network", "set", "acme", "any", "--smtp", "shop")).Status);
        await Eventually.HoldsAsync(async () => await SignInAsync(second, its) is "235", Ct);

        Assert.Equal(0, (await host.RunAsync("smtp", "revoke", "acme", "shop")).Status);
        await Eventually.HoldsAsync(async () => await session.SayAsync("MAIL FROM:<shop@acme.example>") is ['5', '3', '0', ..] || (await session.SayAsync("RSET"))[0] is not '2', Ct);
        Assert.Equal("535", await SignInAsync(second, its));
    }

    private async Task<(string User, string Password)> MadeAsync(params string[] words)
    {
        var answer = await host.RunAsync(words);
        Assert.True(answer.Status is 0, answer.Error);
        var made = JsonDocument.Parse(answer.Output).RootElement;
        return (made.GetProperty("userName").GetString()!, made.GetProperty("password").GetString()!);
    }

    private static string Plain(string user, string password) => "AUTH PLAIN " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"\0{user}\0{password}"));

    private async Task<string> SignInAsync(string user, string password)
    {
        await using var session = await OpenAsync();
        return (await session.SayAsync(Plain(user, password)))[..3];
    }

    private async Task<Session> OpenAsync()
    {
        var session = await Session.OpenAsync(host.Facts.Ports.Smtps);
        Assert.StartsWith("250", await session.SayAsync("EHLO client.example"), StringComparison.Ordinal);
        return session;
    }

    /// <summary>A client over implicit TLS that trusts the trial's certificate.</summary>
    private sealed class Session(TcpClient client, SslStream tls, StreamReader reader) : IAsyncDisposable
    {
        public static async Task<Session> OpenAsync(int port)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, Ct);
            var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = IsTrial }, Ct);
            var session = new Session(client, tls, new StreamReader(tls, Encoding.ASCII));
            Assert.StartsWith("220", await session.ReadAsync(), StringComparison.Ordinal);
            return session;
        }

        public async Task<string> SayAsync(string line)
        {
            await tls.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), Ct);
            return await ReadAsync();
        }

        public async ValueTask DisposeAsync()
        {
            reader.Dispose();
            await tls.DisposeAsync();
            client.Dispose();
        }

        private async Task<string> ReadAsync()
        {
            while (await reader.ReadLineAsync(Ct) is { } line)
            {
                if (line.Length < 4 || line[3] is not '-') return line;
            }
            return "000 closed";
        }

        private static bool IsTrial(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate?.Subject == "CN=Modular self-signed";
    }
}
