using System.Net;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Users;

/// <summary>The pages about passwords: one's own, a forgotten one, the tenant's policy.</summary>
public sealed class PasswordPageTests(SignInHost host) : IClassFixture<SignInHost>
{
    private const string Fresh = "seven lamps by the river";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_password_keeps_this_session_and_ends_the_others()
    {
        const string bob = "bob@acme.example";
        var password = await host.NewUserAsync(bob, "marketer");
        using var desk = new Visitor(host);
        using var phone = new Visitor(host);
        await desk.SignInAsync(bob, password);
        await phone.SignInAsync(bob, password);

        var weak = await desk.SubmitAsync("/account/password", "/account/password", ("Current", password), ("New", "passwordpassword"));
        Assert.Equal(HttpStatusCode.OK, weak.Status);
        Assert.DoesNotContain("passwordpassword", weak.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await desk.SubmitAsync("/account/password", "/account/password", ("Current", "a wrong password"), ("New", Fresh))).Status);
        Assert.Equal("/account/password?done=true", (await desk.SubmitAsync("/account/password", "/account/password", ("Current", password), ("New", Fresh))).Location);

        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync("/account/password")).Status);
        await Eventually.HoldsAsync(async () => (await phone.GetAsync("/account/password")).Status is HttpStatusCode.Redirect, Ct);
        using var again = new Visitor(host);
        Assert.Equal(HttpStatusCode.Redirect, (await again.SignInAsync(bob, Fresh)).Status);
    }

    [Fact]
    public async Task Whoever_forgot_it_gets_the_same_answer_whether_there_is_such_a_person_or_not()
    {
        using var visitor = new Visitor(host);
        var before = await QueuedAsync();
        var known = await visitor.SubmitAsync("/forgot-password", "/forgot-password", ("Address", SignInHost.Administrator));
        var unknown = await visitor.SubmitAsync("/forgot-password", "/forgot-password", ("Address", "nobody@acme.example"));

        Assert.Equal((known.Status, known.Body), (unknown.Status, unknown.Body));
        await Eventually.HoldsAsync(async () => await host.System.FindAsync<long>("select count(*) from tenancy.one_use_token", null, Ct) == 1, Ct);
        await Eventually.HoldsAsync(async () => await QueuedAsync() == before + 1, Ct);   // delivery has the letter
    }

    [Fact]
    public async Task A_link_that_is_not_good_sets_nothing_and_its_page_tells_no_other_site_of_it()
    {
        using var visitor = new Visitor(host);
        var page = await visitor.GetAsync("/reset/" + new string('a', 43));

        Assert.DoesNotContain("type=\"password\"", page.Body, StringComparison.Ordinal);
        Assert.Equal("no-referrer", page.Headers["Referrer-Policy"]);
        Assert.Equal(HttpStatusCode.OK, (await visitor.SubmitAsync("/forgot-password", "/reset/" + new string('a', 43), ("Password", Fresh))).Status);
    }

    [Fact]
    public async Task The_policy_is_kept_and_on_record_and_an_old_password_leads_to_a_new_one()
    {
        using var visitor = new Visitor(host);
        await visitor.SignInAsync(SignInHost.Administrator, host.Password);
        Assert.Equal(HttpStatusCode.OK, (await visitor.SubmitAsync("/settings/security", "/settings/security", Policy(shortest: 8))).Status);
        Assert.Equal("/settings/security?saved=true", (await visitor.SubmitAsync("/settings/security", "/settings/security", Policy(shortest: 16))).Location);
        Assert.Contains("value=\"16\"", (await visitor.GetAsync("/settings/security")).Body, StringComparison.Ordinal);

        const string carl = "carl@acme.example";
        using var old = new Visitor(host);
        await old.SignInAsync(carl, await host.NewUserAsync(carl, "administrator"));
        await host.System.RunAsync("update tenancy.user_account set password_set_at = now() - interval '31 days' where user_id = (select max(user_id) from tenancy.user_account)", null, Ct);
        await Eventually.HoldsAsync(async () => (await old.GetAsync("/settings/tenant")).Location is "/account/password?return=%2Fsettings%2Ftenant", Ct);
        Assert.Equal(HttpStatusCode.OK, (await old.GetAsync("/account/password")).Status);
        Assert.Equal("/sign-in", (await old.SubmitAsync("/account/password", "/sign-out")).Location);
    }

    private async Task<long> QueuedAsync()
    {
        await host.DrainOutboxAsync();
        var acme = await host.System.FindAsync<TenantId>("select tenant_id from tenancy.tenant where slug = 'acme'", null, Ct);
        return await host.Tenants.FindAsync<long>(acme, "select count(*) from submitted_message", null, Ct);
    }

    private static (string, string)[] Policy(int shortest) =>
    [
        ("Input.Shortest", $"{shortest}"), ("Input.LongestAgeDays", "30"), ("Input.History", "3"), ("Input.DeniedWords", "acme\norbit"), ("Input.Attempts", "5"), ("Input.Minutes", "30"),
        ("Input.IdleMinutes", "30"), ("Input.LongestHours", "8"),
    ];
}
