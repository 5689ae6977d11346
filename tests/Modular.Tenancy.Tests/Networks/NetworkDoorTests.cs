using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Networks;

/// <summary>One rule, and every door over real sockets. All of the test's own requests come from 127.0.0.1.</summary>
public sealed partial class NetworkDoorTests(SignInHost host) : IClassFixture<SignInHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rule_closes_every_door_within_seconds_and_the_command_line_opens_them_again()
    {
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/settings/networks")).Status);
        Assert.Equal(HttpStatusCode.OK, await RestAsync());

        Assert.Equal(0, (await host.RunAsync("network", "set", "acme", "192.0.2.0/24,2001:db8::/32")).Status);
        await Eventually.HoldsAsync(async () => await RestAsync() is HttpStatusCode.Unauthorized, Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, await DavAsync("key", host.Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await DavAsync(SignInHost.Administrator, host.Password));
        Assert.StartsWith("/sign-in", (await ann.GetAsync("/settings/networks")).Location, StringComparison.Ordinal);
        using var again = new Visitor(host);
        var (right, wrong) = (await again.SignInAsync(SignInHost.Administrator, host.Password), await again.SignInAsync(SignInHost.Administrator, "not the password at all"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (right.Status, wrong.Status));
        Assert.Contains("may not sign in from here", right.Body, StringComparison.Ordinal);   // and a right password is told from a wrong one by nothing
        Assert.Contains("may not sign in from here", wrong.Body, StringComparison.Ordinal);

        Assert.Equal(0, (await host.RunAsync("network", "set", "acme", "any")).Status);
        await Eventually.HoldsAsync(async () => await RestAsync() is HttpStatusCode.OK, Ct);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/settings/networks")).Status);
    }

    [Fact]
    public async Task Neither_page_nor_REST_saves_a_rule_that_locks_its_author_out()
    {
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);
        var page = await ann.SubmitAsync("/settings/networks", "/settings/networks", ("Networks", "192.0.2.0/24"));
        Assert.Contains("would lock you out", page.Body, StringComparison.Ordinal);

        using var client = Client();
        using var refused = await client.PutAsJsonAsync("/api/v1/networks", new { networks = new[] { "192.0.2.0/24" } }, Ct);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        using var own = await client.PutAsJsonAsync("/api/v1/networks/keys/administrator", new { networks = new[] { "192.0.2.0/24" } }, Ct);
        Assert.Equal(HttpStatusCode.Conflict, own.StatusCode);

        using var taken = await client.PutAsJsonAsync("/api/v1/networks", new { networks = new[] { "127.0.0.0/8", "::1" } }, Ct);
        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        var listed = JsonDocument.Parse(await client.GetStringAsync("/api/v1/networks", Ct)).RootElement;
        Assert.Equal(["127.0.0.0/8", "::1/128"], listed.GetProperty("networks").EnumerateArray().Select(n => n.GetString()!));
        using var cleared = await client.PutAsJsonAsync("/api/v1/networks", new { networks = Array.Empty<string>() }, Ct);
        Assert.Equal(HttpStatusCode.NoContent, cleared.StatusCode);
    }

    [Fact]
    public async Task The_pages_make_rotate_confine_and_end_keys_and_credentials()
    {
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);

        var made = await ann.SubmitAsync("/settings/smtp/new", "/settings/smtp/new", ("Input.Name", "shop"), ("Input.Domains", "acme.example"), ("Input.Networks", "127.0.0.0/8"));
        var user = Shown().Match(made.Body).Value;
        Assert.Contains(user, (await ann.GetAsync("/settings/smtp")).Body, StringComparison.Ordinal);
        var rotated = await ann.SubmitAsync($"/settings/smtp/{user}/rotate", $"/settings/smtp/{user}/rotate", ("OverlapHours", "4"));
        var second = Shown().Match(rotated.Body).Value;
        Assert.True(second.Length > 0 && second != user, rotated.Body);
        Assert.Contains(user, (await ann.GetAsync("/settings/smtp/" + second)).Body, StringComparison.Ordinal);   // the one before, and until when it is good
        user = second;
        Assert.Equal("/settings/smtp", (await ann.SubmitAsync($"/settings/smtp/{user}/revoke", $"/settings/smtp/{user}/revoke")).Location);
        Assert.DoesNotContain("shop", (await ann.GetAsync("/settings/smtp")).Body, StringComparison.Ordinal);

        var key = await ann.SubmitAsync("/settings/keys/new", "/settings/keys/new", ("Input.Name", "crm"), ("Input.Permissions", "contacts.read"), ("Input.Networks", "192.0.2.0/24"));
        var prefix = "mk_" + Between(key.Body, "mk_", "_");
        Assert.Contains("192.0.2.0/24", (await ann.GetAsync("/settings/keys/" + prefix)).Body, StringComparison.Ordinal);
        Assert.Contains("is no network", (await ann.SubmitAsync("/settings/keys/" + prefix, "/settings/keys/" + prefix, ("Networks", "192.0.2.0/99"))).Body, StringComparison.Ordinal);
        Assert.Equal("/settings/keys", (await ann.SubmitAsync("/settings/keys/" + prefix, "/settings/keys/" + prefix, ("Networks", "127.0.0.0/8"))).Location);
        Assert.Contains("mk_", (await ann.SubmitAsync($"/settings/keys/{prefix}/rotate", $"/settings/keys/{prefix}/rotate", ("OverlapHours", "0"))).Body, StringComparison.Ordinal);
    }

    /// <summary>A user name that stands as text, not in an address.</summary>
    [GeneratedRegex("ms_[a-z0-9]{12}(?=<)")]
    private static partial Regex Shown();

    private static string? Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return from < start.Length ? null : text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private async Task<HttpStatusCode> RestAsync()
    {
        using var client = Client();
        using var answer = await client.GetAsync("/api/v1/networks", Ct);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> DavAsync(string user, string password)
    {
        using var client = host.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        using var request = new HttpRequestMessage(HttpMethod.Options, "/dav/acme/import/");
        using var answer = await client.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    private HttpClient Client()
    {
        var client = host.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.Key);
        return client;
    }
}
