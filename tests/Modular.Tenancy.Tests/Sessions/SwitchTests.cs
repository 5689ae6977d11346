using System.Net;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Sessions;

/// <summary>One person in several tenants, and an operator whom a tenant lets in.</summary>
public sealed class SwitchTests(SignInHost host) : IClassFixture<SignInHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_goes_from_one_tenant_of_theirs_to_another_and_into_no_other()
    {
        await host.RunAsync("tenant", "create", "globex", "--name", "Globex", "--admin", SignInHost.Administrator);
        await host.RunAsync("tenant", "create", "initech", "--name", "Initech", "--admin", "bob@initech.example");
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);
        Assert.Contains("Go to Globex", (await ann.GetAsync("/settings/tenant")).Body, StringComparison.Ordinal);
        var before = Cookie(ann);

        Assert.Equal("/", (await SwitchAsync(ann, "globex")).Location);
        Assert.Contains("Globex", (await ann.GetAsync("/settings/tenant")).Body, StringComparison.Ordinal);
        Assert.NotEqual(before, Cookie(ann));
        Assert.Equal(HttpStatusCode.NotFound, (await SwitchAsync(ann, "initech")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ann.SubmitAsync("/settings/tenant", "/switch", ("tenant", ""))).Status);   // out of all: for operators
        Assert.Equal(HttpStatusCode.NotFound, (await ann.SubmitAsync("/settings/tenant", "/switch", ("tenant", "' or true --"))).Status);
        Assert.Contains("Globex", (await ann.GetAsync("/settings/tenant")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_sees_nothing_of_a_tenant_but_by_its_leave_for_as_long_as_it_lasts()
    {
        var made = System.Text.Json.JsonDocument.Parse((await host.RunAsync("operator", "create", "olga@host.example", "--json")).Output).RootElement;
        using var olga = new Visitor(host);
        using var ann = new Visitor(host);
        await olga.SignInAsync("olga@host.example", made.GetProperty("password").GetString()!);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);
        Assert.Equal(HttpStatusCode.NotFound, (await SwitchAsync(olga, "acme")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await olga.GetAsync("/settings/support")).Status);

        Assert.Equal("/settings/support", (await ann.SubmitAsync("/settings/support", "/settings/support", ("Input.Role", "analyst"), ("Input.Hours", "2"), ("Input.Reason", "A stuck import"))).Location);
        Assert.Contains("A stuck import", (await olga.GetAsync("/installation/support")).Body, StringComparison.Ordinal);
        Assert.Equal("/", (await SwitchAsync(olga, "acme")).Location);
        var page = await olga.GetAsync("/contacts");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Support access", page.Body, StringComparison.Ordinal);   // shown on every page
        foreach (var path in new[] { "/settings/support", "/settings/users", "/settings/keys", "/installation/support" })
            Assert.Equal(HttpStatusCode.Forbidden, (await olga.GetAsync(path)).Status);
        await host.DrainOutboxAsync();
        var trail = (await ann.GetAsync("/audit")).Body;
        Assert.Contains("support.granted", trail, StringComparison.Ordinal);
        Assert.Contains("support.entered", trail, StringComparison.Ordinal);

        Assert.Equal("/settings/support", (await ann.SubmitAsync("/settings/support", "/settings/support?handler=Revoke")).Location);
        await Eventually.HoldsAsync(async () => (await olga.GetAsync("/contacts")).Status is HttpStatusCode.Redirect, Ct);
    }

    private async Task<Answer> SwitchAsync(Visitor visitor, string slug)
    {
        var id = await host.System.FindAsync<TenantId>("select tenant_id from tenancy.tenant where slug = @slug", new { slug }, Ct);
        return await visitor.SubmitAsync("/step-up", "/switch", ("tenant", id.ToString()));
    }

    private string Cookie(Visitor visitor) => visitor.Cookies.GetCookies(host.Url)["modular"]!.Value;
}
