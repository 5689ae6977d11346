using System.Net;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Sessions;

/// <summary>What is grave asks for a fresh proof, and the pages that show and end sessions.</summary>
public sealed class StepUpTests(SignInHost host) : IClassFixture<SignInHost>
{
    private const string Grave = "/settings/keys/new";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_old_proof_leads_to_the_step_up_page_and_a_fresh_one_back()
    {
        using var visitor = await EnterAsync();
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(Grave)).Status);
        await GrowOldAsync(visitor, minutes: 6);

        Assert.Equal("/step-up?return=%2Fsettings%2Fkeys%2Fnew", (await visitor.GetAsync(Grave)).Location);
        var before = Cookie(visitor);
        var wrong = await visitor.SubmitAsync("/step-up", "/step-up", ("Password", "a wrong password"), ("Return", Grave));
        Assert.Equal((HttpStatusCode.OK, before), (wrong.Status, Cookie(visitor)));
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync(Grave)).Status);

        Assert.Equal(Grave, (await visitor.SubmitAsync("/step-up", "/step-up", ("Password", host.Password), ("Return", Grave))).Location);
        Assert.NotEqual(before, Cookie(visitor));
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(Grave)).Status);
    }

    [Theory]
    [InlineData(14, "mk_", null)]
    [InlineData(16, null, "/step-up")]
    public async Task A_form_may_come_back_a_while_later_but_not_at_any_time(int minutes, string? shown, string? sentTo)
    {
        using var visitor = await EnterAsync();
        await GrowOldAsync(visitor, minutes);
        var answer = await visitor.SubmitAsync("/settings/tenant", Grave, ("Input.Name", "late"), ("Input.Permissions", "suppression.read"));

        Assert.Contains(shown ?? "", answer.Body, StringComparison.Ordinal);
        Assert.StartsWith(sentTo ?? "", answer.Location ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    public async Task Nobody_is_sent_to_another_site(string from)
    {
        using var visitor = await EnterAsync();
        Assert.Equal("/", (await visitor.SubmitAsync("/step-up", "/step-up", ("Password", host.Password), ("Return", from))).Location);
    }

    [Fact]
    public async Task A_copy_of_the_cookie_is_worth_nothing_after_a_fresh_factor()
    {
        using var visitor = await EnterAsync();
        using var thief = new Visitor(host);
        thief.Cookies.Add(host.Url, new Cookie("modular", Cookie(visitor)));
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync("/settings/tenant")).Status);

        await visitor.SubmitAsync("/step-up", "/step-up", ("Password", host.Password));
        Assert.Equal(HttpStatusCode.Redirect, (await thief.GetAsync("/settings/tenant")).Status);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/settings/tenant")).Status);
    }

    [Fact]
    public async Task A_copy_of_the_cookie_is_worth_nothing_after_signing_out()
    {
        using var visitor = await EnterAsync();
        using var thief = new Visitor(host);
        thief.Cookies.Add(host.Url, new Cookie("modular", Cookie(visitor)));
        await visitor.SubmitAsync("/settings/tenant", "/sign-out");

        Assert.Equal(HttpStatusCode.Redirect, (await thief.GetAsync("/settings/tenant")).Status);
    }

    [Fact]
    public async Task A_person_sees_where_they_are_signed_in_and_ends_what_they_do_not_know()
    {
        const string bob = "bob@acme.example";
        var password = await host.NewUserAsync(bob, "analyst");
        using var desk = new Visitor(host);
        using var phone = new Visitor(host);
        await desk.SignInAsync(bob, password);
        await phone.SignInAsync(bob, password);

        var page = (await desk.GetAsync("/account/sessions")).Body;
        var other = System.Text.RegularExpressions.Regex.Matches(page, "handler=End&amp;id=([0-9]+)").Select(m => long.Parse(m.Groups[1].Value, null)).Order().Last();   // the phone's, which is newer
        Assert.Equal("/account/sessions", (await desk.SubmitAsync("/account/sessions", $"/account/sessions?handler=End&id={other}")).Location);

        Assert.Equal(HttpStatusCode.Redirect, (await phone.GetAsync("/account/sessions")).Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync("/account/sessions")).Status);
        using var ann = await EnterAsync();
        var mine = await host.System.FindAsync<long>("select max(session_id) from tenancy.session", null, Ct);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.SubmitAsync("/account/sessions", $"/account/sessions?handler=End&id={mine}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/account/sessions")).Status);
    }

    [Fact]
    public async Task An_operator_without_a_tenant_comes_in_and_sees_no_tenants_data()
    {
        var made = System.Text.Json.JsonDocument.Parse((await host.RunAsync("operator", "create", "olga@host.example", "--json")).Output).RootElement;
        using var olga = new Visitor(host);
        Assert.Equal(HttpStatusCode.Redirect, (await olga.SignInAsync("olga@host.example", made.GetProperty("password").GetString()!)).Status);

        Assert.Equal(HttpStatusCode.OK, (await olga.GetAsync("/")).Status);
        Assert.Equal(HttpStatusCode.OK, (await olga.GetAsync("/account/sessions")).Status);
        foreach (var path in new[] { "/contacts", "/campaigns", "/suppressions", "/audit", "/settings/tenant", "/settings/keys" })
            Assert.Equal(HttpStatusCode.Forbidden, (await olga.GetAsync(path)).Status);
        Assert.Equal(0, (await host.RunAsync("operator", "remove", "olga@host.example")).Status);
        await Eventually.HoldsAsync(async () => (await olga.GetAsync("/")).Status is HttpStatusCode.Redirect, Ct);
    }

    private async Task<Visitor> EnterAsync()
    {
        var visitor = new Visitor(host);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.SignInAsync(SignInHost.Administrator, host.Password)).Status);
        return visitor;
    }

    /// <summary>The newest session's proof becomes older; nobody else signs in meanwhile, and what the process remembers of it is over in seconds.</summary>
    private async Task GrowOldAsync(Visitor visitor, int minutes)
    {
        var id = await host.System.FindAsync<long>("select max(session_id) from tenancy.session", null, Ct);
        await host.System.RunAsync("update tenancy.session set proven_at = now() - make_interval(mins => @minutes) where session_id = @id", new { minutes, id }, Ct);
        await Eventually.HoldsAsync(async () => (await visitor.GetAsync(Grave)).Status is HttpStatusCode.Redirect, Ct);
    }

    private string Cookie(Visitor visitor) => visitor.Cookies.GetCookies(host.Url)["modular"]!.Value;
}
