using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SignIn;

/// <summary>What a role or a key may not do is refused, on pages, on single handlers of pages, and in REST.</summary>
public sealed class PermissionTests(SignInHost host) : IClassFixture<SignInHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("analyst", "/suppressions", HttpStatusCode.OK)]
    [InlineData("analyst", "/suppressions/add", HttpStatusCode.Forbidden)]
    [InlineData("analyst", "/audit", HttpStatusCode.Forbidden)]
    [InlineData("marketer", "/suppressions/add", HttpStatusCode.OK)]
    [InlineData("marketer", "/audit", HttpStatusCode.Forbidden)]
    [InlineData("marketer", "/settings/keys", HttpStatusCode.Forbidden)]
    [InlineData("administrator", "/audit", HttpStatusCode.OK)]
    [InlineData("administrator", "/settings/keys", HttpStatusCode.OK)]
    public async Task A_page_opens_for_those_who_hold_its_permission(string role, string path, HttpStatusCode expected)
    {
        using var visitor = await EnterAsync(role);
        Assert.Equal(expected, (await visitor.GetAsync(path)).Status);
    }

    [Fact]
    public async Task Seeing_a_page_is_not_the_right_to_do_everything_on_it()
    {
        var id = await SuppressAsync("someone@example.com");
        using var analyst = await EnterAsync("analyst");
        Assert.Equal(HttpStatusCode.OK, (await analyst.GetAsync($"/suppressions/{id}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await analyst.SubmitAsync("/suppressions", $"/suppressions/{id}?handler=Lift")).Status);

        using var marketer = await EnterAsync("marketer");
        Assert.Equal("/suppressions", (await marketer.SubmitAsync($"/suppressions/{id}", $"/suppressions/{id}?handler=Lift")).Location);
    }

    [Fact]
    public async Task What_a_role_may_not_see_is_not_in_its_menu()
    {
        using var analyst = await EnterAsync("analyst");
        var page = (await analyst.GetAsync("/suppressions")).Body;

        Assert.DoesNotContain("href=\"/audit\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/settings/keys\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_without_the_permission_is_told_which_one_it_lacks()
    {
        var key = await NewKeyAsync("reader", "suppression.read");

        Assert.Equal(HttpStatusCode.OK, (await CallAsync(key, HttpMethod.Get, "/api/v1/suppressions")).Status);
        var refused = await CallAsync(key, HttpMethod.Get, "/api/v1/audit");
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("audit.read", refused.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("mk_22222222_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Without_a_key_in_force_REST_says_how_to_send_one(string? key)
    {
        var refused = await CallAsync(key, HttpMethod.Get, "/api/v1/suppressions");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.StartsWith("Bearer", refused.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_is_no_key_so_no_other_site_can_make_a_browser_call_REST()
    {
        using var visitor = await EnterAsync("administrator");
        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.GetAsync("/api/v1/suppressions")).Status);
    }

    [Fact]
    public async Task A_key_is_no_session()
    {
        using var visitor = new Visitor(host);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync("/suppressions", ("Authorization", "Bearer " + host.Key))).Status);
    }

    [Fact]
    public async Task A_key_made_in_the_console_is_shown_once_and_works_until_it_is_revoked()
    {
        using var visitor = await EnterAsync("administrator");
        var made = await visitor.SubmitAsync("/settings/keys/new", "/settings/keys/new", ("Input.Name", "from the console"), ("Input.Permissions", "suppression.read"));
        var key = System.Text.RegularExpressions.Regex.Match(made.Body, "mk_[a-z2-9]{8}_[A-Za-z0-9_-]{43}").Value;

        Assert.Equal(HttpStatusCode.OK, (await CallAsync(key, HttpMethod.Get, "/api/v1/suppressions")).Status);
        var list = (await visitor.GetAsync("/settings/keys")).Body;
        Assert.Contains(key[..11], list, StringComparison.Ordinal);
        Assert.DoesNotContain(key, list, StringComparison.Ordinal);
        var revoke = $"/settings/keys/{key[..11]}/revoke";
        Assert.Equal("/settings/keys", (await visitor.SubmitAsync(revoke, revoke)).Location);
        Assert.DoesNotContain(key[..11], (await visitor.GetAsync("/settings/keys")).Body, StringComparison.Ordinal);
    }

    private async Task<Visitor> EnterAsync(string role)
    {
        var address = $"{role}-{Guid.NewGuid():n}@acme.example";
        var password = await host.NewUserAsync(address, role);
        var visitor = new Visitor(host);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.SignInAsync(address, password)).Status);
        return visitor;
    }

    private async Task<string> NewKeyAsync(string name, string permissions) =>
        (await host.RunAsync("key", "create", "acme", "--name", name, "--permissions", permissions)).Output.Trim();

    private async Task<string> SuppressAsync(string address)
    {
        await CallAsync(host.Key, HttpMethod.Post, "/api/v1/suppressions", $$"""{"emails":["{{address}}"]}""");
        var found = await CallAsync(host.Key, HttpMethod.Post, "/api/v1/suppressions/find", $$"""{"emails":["{{address}}"]}""");
        return JsonDocument.Parse(found.Body).RootElement.GetProperty("items")[0].GetProperty("id").GetString()!;
    }

    private async Task<Answer> CallAsync(string? key, HttpMethod method, string path, string? json = null)
    {
        using var client = host.NewClient();
        using var request = new HttpRequestMessage(method, path);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (json is not null) request.Content = new StringContent(json, new MediaTypeHeaderValue("application/json"));
        using var answer = await client.SendAsync(request, Ct);
        return new Answer(answer.StatusCode, null, await answer.Content.ReadAsStringAsync(Ct), answer.Headers.ToDictionary(h => h.Key, h => string.Join(' ', h.Value)));
    }
}
