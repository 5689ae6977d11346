using System.Net;
using System.Text;
using Modular.Testing;

namespace Modular.Host.Tests.Web;

/// <summary>A request whose peer nobody vouches for stands for another machine: over loopback, one that some proxy forwards.</summary>
public sealed class PlainHttpTests(TestHost host) : IClassFixture<TestHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/sign-in?return=%2Fcontacts")]
    [InlineData("/contacts")]
    public async Task A_page_is_asked_for_again_by_HTTPS(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Equal($"https://127.0.0.1:{host.Facts.Ports.Https}{path}", answer.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("POST", "/sign-in", null)]
    [InlineData("GET", "/api/v1/contacts", "Bearer mk_any")]
    [InlineData("GET", "/api/v1/contacts", null)]
    [InlineData("PROPFIND", "/dav/acme/import/", null)]
    [InlineData("PUT", "/dav/acme/import/a.csv", "Basic a2V5OmFueQ==")]
    [InlineData("GET", "/healthz", "Basic a2V5OmFueQ==")]
    public async Task What_takes_secrets_is_refused_with_a_reason_and_never_redirected(string method, string path, string? authorization)
    {
        using var answer = await SendAsync(new HttpMethod(method), path, authorization);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(answer.Headers.WwwAuthenticate);   // nobody is asked for a password here
        var said = await answer.Content.ReadAsStringAsync(Ct);
        Assert.Contains($"https://127.0.0.1:{host.Facts.Ports.Https}", said, StringComparison.Ordinal);
        Assert.Contains("Host:Proxies", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/healthz", HttpStatusCode.OK)]
    [InlineData("/u/no-such-token", HttpStatusCode.NotFound)]   // a recipient's link works as it was sent
    public async Task What_takes_no_secrets_is_served(string path, HttpStatusCode status)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task The_figures_are_for_this_machine_alone()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/metrics");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task On_the_machine_itself_plain_HTTP_will_do()
    {
        using var client = host.NewClient();
        using var answer = await client.GetAsync("/sign-in", Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? authorization = null)
    {
        using var client = host.NewClient();
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Forwarded-For", "198.51.100.7");
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (method == HttpMethod.Post)
            request.Content = new StringContent("Input.Password=x", Encoding.UTF8, "application/x-www-form-urlencoded");
        return await client.SendAsync(request, Ct);
    }
}
