using System.Net;
using Modular.Host.Web;
using Modular.Testing;

namespace Modular.Host.Tests;

public sealed class ServingTests(TestHost host) : IClassFixture<TestHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/healthz", "ok\n")]
    [InlineData("/readyz", "ready\n")]
    public async Task It_says_that_it_runs_and_that_it_can_serve(string path, string answer)
    {
        using var client = host.NewClient();
        Assert.Equal(answer, await client.GetStringAsync(path, Ct));
    }

    [Fact]
    public async Task Figures_are_in_the_format_that_Prometheus_reads()
    {
        using var client = host.NewClient();
        var text = await client.GetStringAsync("/metrics", Ct);

        Assert.Contains("# TYPE ", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            Assert.Matches("""^(# (HELP|TYPE) [a-zA-Z_][a-zA-Z0-9_]* .+|[a-zA-Z_][a-zA-Z0-9_]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)+\})? -?[0-9.eE+∞-]+)$""", line));
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/no-such-page")]
    [InlineData("/api/v1/no-such-thing")]
    [InlineData("/_content/Modular.Web.Kit/css/console.css")]
    public async Task Every_answer_carries_the_strict_policy(string path)
    {
        using var client = host.NewClient();
        using var answer = await client.GetAsync(path, Ct);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.DoesNotContain(answer.Headers, h => h.Key == "Server");
    }

    [Fact]
    public async Task Styles_and_scripts_of_the_kit_are_served()
    {
        using var client = host.NewClient();
        Assert.Contains("htmx", await client.GetStringAsync("/_content/Modular.Web.Kit/lib/htmx.min.js", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_address_of_REST_is_answered_with_problem_details()
    {
        using var client = host.NewClient();
        using var answer = await client.GetAsync("/api/v1/no-such-thing", Ct);

        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_person_sees_a_page_where_there_is_none()
    {
        using var client = host.NewClient();
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        using var answer = await client.GetAsync("/no-such-page", Ct);

        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("There is no such page", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_host_name_that_points_here_gets_nothing()
    {
        using var client = host.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz");
        request.Headers.Host = "rebound.example";
        using var answer = await client.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public void A_taken_port_is_named_with_what_holds_it()
    {
        var refused = Assert.Throws<CannotStartException>(() => PortHolder.RequireFree(host.Facts, IPAddress.Loopback));

        Assert.Contains($"Port {host.Facts.Ports.Console}", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"(process {Environment.ProcessId})", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--port-base", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_installation_checks_itself()
    {
        var answer = await host.RunAsync("check");

        Assert.Equal(0, answer.Status);
        Assert.Contains("tenants are kept apart", answer.Output, StringComparison.Ordinal);
    }
}
