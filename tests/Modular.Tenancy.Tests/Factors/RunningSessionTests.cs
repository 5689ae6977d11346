using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Policies;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Factors;

/// <summary>A rule for second factors that becomes stricter does not wait for the next sign-in.</summary>
public sealed class RunningSessionTests(SignInHost host) : IClassFixture<SignInHost>, IAsyncLifetime
{
    private const string Add = "/account/factors/new-app?return=%2Fcampaigns";
    private const string Show = "/step-up?return=%2Fcampaigns";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The next test starts without a rule, in the process's memory too.</summary>
    public async ValueTask DisposeAsync() =>
        await host.Services.GetRequiredService<PolicyBook>().SaveAsync((await host.Services.GetRequiredService<ITenants>().FindAsync("acme", CancellationToken.None))!.Id, AccessPolicy.Default, CancellationToken.None);

    [Fact]
    public async Task Who_has_none_adds_one_before_any_other_page_and_goes_on_with_it()
    {
        using var bob = await Person.NewAsync(host, "bob@acme.example");
        await AskAsync(new FactorPolicy { Demand = FactorDemand.Always });
        await WithinFiveSecondsAsync(bob, Add);
        foreach (var path in new[] { "/", "/contacts", "/account", "/account/factors", "/account/factors/new-phone", "/account/address", "/settings/tenant" })
            Assert.StartsWith("/account/factors/new-app?", (await bob.Browser.GetAsync(path)).Location, StringComparison.Ordinal);
        Assert.Contains("asks for a second factor", (await bob.Browser.GetAsync("/account/factors/new-app")).Body, StringComparison.Ordinal);

        var before = bob.Browser.Cookies.GetCookies(host.Url)["modular"]!.Value;
        await AddAsync(bob);
        Assert.Equal(HttpStatusCode.OK, (await bob.Browser.GetAsync("/campaigns")).Status);
        Assert.NotEqual(before, bob.Browser.Cookies.GetCookies(host.Url)["modular"]!.Value);
    }

    [Fact]
    public async Task Who_has_one_shows_it_and_cannot_get_around_it_by_another_one_or_by_the_password()
    {
        using var cleo = await Person.WithAppAsync(host, "cleo@acme.example");
        await host.System.RunAsync("update tenancy.session set proven_by = 'password' where user_id = @Id", new { Id = await cleo.IdAsync() }, Ct);   // a session from before the factor
        await AskAsync(new FactorPolicy { Demand = FactorDemand.Always });
        await WithinFiveSecondsAsync(cleo, Show);

        foreach (var path in new[] { "/account/factors/new-app", "/account/password", "/agreement" })   // what a thief of the session would try
        {
            Assert.StartsWith("/step-up?", (await cleo.Browser.GetAsync(path)).Location, StringComparison.Ordinal);
            Assert.StartsWith("/step-up?", (await cleo.Browser.SubmitAsync("/step-up", path, ("Current", cleo.Password), ("New", "seven lamps by the river"), ("Code", cleo.CodeNow()))).Location, StringComparison.Ordinal);
        }
        Assert.Contains("Show a factor that is yours", (await cleo.Browser.SubmitAsync("/step-up", "/step-up", ("Password", cleo.Password))).Body, StringComparison.Ordinal);

        await cleo.ForgetStepsAsync();
        Assert.Equal("/campaigns", (await cleo.Browser.SubmitAsync("/step-up", "/step-up?handler=Code", ("Code", cleo.CodeNow()), ("Return", "/campaigns"))).Location);
        Assert.Equal(HttpStatusCode.OK, (await cleo.Browser.GetAsync("/campaigns")).Status);
    }

    [Fact]
    public async Task A_role_that_needs_a_factor_asks_as_soon_as_somebody_gets_it()
    {
        using var dora = await Person.NewAsync(host, "dora@acme.example", "analyst");
        await AskAsync(new FactorPolicy { Demand = FactorDemand.Roles, Roles = ["administrator"] });
        Assert.Equal(HttpStatusCode.OK, (await dora.Browser.GetAsync("/campaigns")).Status);
        await host.System.RunAsync("update tenancy.membership set role = 'administrator' where user_id = @Id", new { Id = await dora.IdAsync() }, Ct);   // as another process does

        await WithinFiveSecondsAsync(dora, Add);
    }

    [Fact]
    public async Task The_way_out_stays_open()
    {
        using var emil = await Person.NewAsync(host, "emil@acme.example");
        await AskAsync(new FactorPolicy { Demand = FactorDemand.Always });
        await WithinFiveSecondsAsync(emil, Add);

        Assert.Equal("/sign-in", (await emil.Browser.SubmitAsync("/step-up", "/sign-out")).Location);
    }

    [Fact]
    public async Task A_network_that_is_known_asks_nobody()
    {
        using var finn = await Person.NewAsync(host, "finn@acme.example");
        await AskAsync(new FactorPolicy { Demand = FactorDemand.UnknownNetworks, KnownNetworks = "127.0.0.0/8" });
        await Task.Delay(CallerFreshness.Age + TimeSpan.FromMilliseconds(500), Ct);   // nothing is remembered for longer
        Assert.Equal(HttpStatusCode.OK, (await finn.Browser.GetAsync("/campaigns")).Status);

        await AskAsync(new FactorPolicy { Demand = FactorDemand.UnknownNetworks, KnownNetworks = "192.0.2.0/24" });
        await WithinFiveSecondsAsync(finn, Add);
    }

    /// <summary>Written past the process's memory, as another process would.</summary>
    private async Task AskAsync(FactorPolicy factors) => await host.System.RunAsync("""
        insert into tenancy.policy (tenant_id, rules, changed_at) select tenant_id, @Rules::jsonb, now() from tenancy.tenant where slug = 'acme'
        on conflict (tenant_id) do update set rules = excluded.rules
        """, new { Rules = PolicyBook.Text(AccessPolicy.Default with { Factors = factors }) }, CancellationToken.None);

    private static async Task WithinFiveSecondsAsync(Person person, string way)
    {
        var since = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync(async () => (await person.Browser.GetAsync("/campaigns")).Location == way, Ct);
        Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(5), "It took longer than five seconds.");
    }

    private static Task<Answer> AddAsync(Person person) => person.AddAppAsync("/account/factors/new-app");
}
