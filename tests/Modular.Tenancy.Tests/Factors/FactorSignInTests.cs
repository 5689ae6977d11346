using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Policies;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Factors;

/// <summary>The second factor as people meet it, over HTTP.</summary>
public sealed partial class FactorSignInTests(SignInHost host) : IClassFixture<SignInHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_password_alone_opens_nothing_to_who_has_a_factor_and_the_code_does()
    {
        using var bob = await Person.WithAppAsync(host, "bob@acme.example");
        Assert.Equal(RecoveryCodes.Count, bob.RecoveryCodes.Count);
        await bob.ForgetStepsAsync();
        bob.OtherBrowser();

        Assert.Equal("/sign-in/factor", (await bob.SignInAsync("/campaigns")).Location);
        Assert.Null(bob.Browser.Cookies.GetCookies(host.Url)["modular"]);
        Assert.False(await bob.IsInAsync());

        Assert.Equal("/campaigns", (await bob.ShowAsync(bob.CodeNow())).Location);
        Assert.True(await bob.IsInAsync());
    }

    [Fact]
    public async Task A_code_that_was_used_is_refused_and_on_record()
    {
        using var cleo = await Person.WithAppAsync(host, "cleo@acme.example");
        await cleo.ForgetStepsAsync();
        var code = cleo.CodeNow();
        cleo.OtherBrowser();
        await cleo.SignInAsync();
        Assert.Equal("/", (await cleo.ShowAsync(code)).Location);

        cleo.OtherBrowser();
        await cleo.SignInAsync();
        var again = await cleo.ShowAsync(code);

        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Contains("used before", again.Body, StringComparison.Ordinal);
        Assert.False(await cleo.IsInAsync());
        await OnRecordAsync("factor.refused");
    }

    [Fact]
    public async Task Five_wrong_codes_end_the_attempt_and_a_right_one_comes_too_late()
    {
        using var dora = await Person.WithAppAsync(host, "dora@acme.example");
        await dora.ForgetStepsAsync();
        dora.OtherBrowser();
        await dora.SignInAsync();

        for (var i = 0; i < Challenges.MostTries; i++) Assert.Equal(HttpStatusCode.OK, (await dora.ShowAsync("00000x")).Status);
        Assert.Equal("/sign-in?over=true", (await dora.ShowAsync(dora.CodeNow())).Location);
        Assert.False(await dora.IsInAsync());

        await dora.SignInAsync();
        Assert.Equal("/", (await dora.ShowAsync(dora.CodeNow())).Location);   // the owner starts again and is in
    }

    [Fact]
    public async Task A_recovery_code_opens_once()
    {
        using var emil = await Person.WithAppAsync(host, "emil@acme.example");
        emil.OtherBrowser();
        await emil.SignInAsync();
        Assert.Equal("/", (await emil.ShowAsync(emil.RecoveryCodes[0])).Location);
        Assert.Contains("9 of 10", (await emil.Browser.GetAsync("/account/factors")).Body, StringComparison.Ordinal);

        emil.OtherBrowser();
        await emil.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await emil.ShowAsync(emil.RecoveryCodes[0])).Status);
        Assert.False(await emil.IsInAsync());
        Assert.Equal("/", (await emil.ShowAsync(emil.RecoveryCodes[1])).Location);
        await OnRecordAsync("recovery-code.used");
    }

    [Fact]
    public async Task Of_two_browsers_that_redeem_a_recovery_code_at_once_one_is_in()
    {
        using var finn = await Person.WithAppAsync(host, "finn@acme.example");
        var browsers = Enumerable.Range(0, 4).Select(_ => new Visitor(host)).ToList();
        foreach (var browser in browsers) Assert.Equal("/sign-in/factor", (await browser.SignInAsync(finn.Address, finn.Password)).Location);

        var answers = await Task.WhenAll(browsers.Select(b => b.SubmitAsync("/sign-in/factor", "/sign-in/factor?handler=Code", ("Code", finn.RecoveryCodes[0]))));

        Assert.Single(answers, a => a.Location == "/");
        browsers.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task What_is_between_password_and_factor_dies_with_the_password()
    {
        using var gina = await Person.WithAppAsync(host, "gina@acme.example");
        await gina.ForgetStepsAsync();
        gina.OtherBrowser();
        await gina.SignInAsync();
        await host.RunAsync("user", "set-password", gina.Address);

        Assert.Equal("/sign-in?over=true", (await gina.Browser.SubmitAsync("/sign-in", "/sign-in/factor?handler=Code", ("Code", gina.CodeNow()))).Location);
    }

    [Fact]
    public async Task Where_the_tenant_asks_who_has_none_adds_one_before_they_are_in()
    {
        using var hugo = await Person.NewAsync(host, "hugo@acme.example");
        await WithPolicyAsync(new FactorPolicy { Demand = FactorDemand.Always }, async () =>
        {
            hugo.OtherBrowser();
            Assert.Equal("/sign-in/new-factor", (await hugo.SignInAsync("/campaigns")).Location);
            Assert.False(await hugo.IsInAsync());

            var added = await hugo.AddAppAsync("/sign-in/new-factor");
            Assert.Equal(10, hugo.RecoveryCodes.Count);
            Assert.Contains("href=\"/campaigns\"", added.Body, StringComparison.Ordinal);
            Assert.True(await hugo.IsInAsync());
        });
    }

    [Fact]
    public async Task It_asks_those_in_the_roles_that_are_named_and_spares_known_networks()
    {
        using var ina = await Person.NewAsync(host, "ina@acme.example", "analyst");
        using var jan = await Person.NewAsync(host, "jan@acme.example", "marketer");
        await WithPolicyAsync(new FactorPolicy { Demand = FactorDemand.Roles, Roles = ["marketer"] }, async () =>
        {
            ina.OtherBrowser();
            Assert.Equal("/", (await ina.SignInAsync()).Location);
            jan.OtherBrowser();
            Assert.Equal("/sign-in/new-factor", (await jan.SignInAsync()).Location);
        });
        await WithPolicyAsync(new FactorPolicy { Demand = FactorDemand.UnknownNetworks, KnownNetworks = "127.0.0.0/8 ::1/128" }, async () => Assert.Equal("/", (await jan.SignInAsync()).Location));
        await WithPolicyAsync(new FactorPolicy { Demand = FactorDemand.UnknownNetworks, KnownNetworks = "192.0.2.0/24" }, async () =>
        {
            jan.OtherBrowser();
            Assert.Equal("/sign-in/new-factor", (await jan.SignInAsync()).Location);
        });
    }

    [Fact]
    public async Task The_last_factor_stays_where_the_tenant_asks_for_one_and_goes_where_it_does_not()
    {
        using var kai = await Person.WithAppAsync(host, "kai@acme.example");
        var remove = Remove().Match((await kai.Browser.GetAsync("/account/factors")).Body).Value;
        await WithPolicyAsync(new FactorPolicy { Demand = FactorDemand.Always }, async () =>
        {
            var refused = await kai.Browser.SubmitAsync("/account/factors/recovery", remove);
            Assert.Contains("Acme asks for a second factor", refused.Body, StringComparison.Ordinal);
        });

        Assert.Equal("/account/factors", (await kai.Browser.SubmitAsync("/account/factors/recovery", remove)).Location);
        kai.OtherBrowser();
        Assert.Equal("/", (await kai.SignInAsync()).Location);
        await OnRecordAsync("factor.removed");
    }

    [Fact]
    public async Task A_grave_act_asks_for_the_factor_and_the_password_is_none()
    {
        using var lea = await Person.WithAppAsync(host, "lea@acme.example");
        await lea.ForgetStepsAsync();
        Assert.Contains("handler=Code", (await lea.Browser.GetAsync("/step-up")).Body, StringComparison.Ordinal);

        var byPassword = await lea.Browser.SubmitAsync("/step-up", "/step-up", ("Password", lea.Password), ("Return", "/account/factors"));
        Assert.Equal(HttpStatusCode.OK, byPassword.Status);
        var code = lea.CodeNow();
        Assert.Equal("/account/factors", (await lea.Browser.SubmitAsync("/step-up", "/step-up?handler=Code", ("Code", code), ("Return", "/account/factors"))).Location);
        Assert.Equal(HttpStatusCode.OK, (await lea.Browser.SubmitAsync("/step-up", "/step-up?handler=Code", ("Code", code))).Status);   // once
        Assert.Equal("totp", await host.System.FindAsync<string>("select proven_by from tenancy.session where user_id = @Id order by session_id desc limit 1", new { Id = await lea.IdAsync() }, Ct));
    }

    [Fact]
    public async Task A_phone_is_added_by_a_code_that_comes_back_and_each_code_answers_one_question()
    {
        using var mia = await Person.NewAsync(host, "mia@acme.example");
        var sent = await mia.Browser.SubmitAsync("/account/factors/new-phone", "/account/factors/new-phone?handler=Send", ("Number", "0049 170 7654321"));
        Assert.Contains("321", sent.Body, StringComparison.Ordinal);
        Assert.Contains("wrong", (await mia.Browser.SubmitAsync("/account/factors/new-phone", "/account/factors/new-phone?handler=Code", ("Code", "x"), ("Name", "Phone"))).Body, StringComparison.Ordinal);
        var added = await mia.Browser.SubmitAsync("/account/factors/new-phone", "/account/factors/new-phone?handler=Code", ("Code", await CapturedCodeAsync("+491707654321")), ("Name", "Phone"));
        Assert.Contains("Recovery codes", added.Body, StringComparison.Ordinal);

        mia.OtherBrowser();
        await mia.SignInAsync();
        var phone = Phone().Match((await mia.Browser.GetAsync("/sign-in/factor")).Body).Groups[1].Value;
        await mia.Browser.SubmitAsync("/sign-in/factor", "/sign-in/factor?handler=Sms", ("Phone", phone));
        var code = await CapturedCodeAsync("+491707654321");
        using var elsewhere = new Visitor(host);
        await elsewhere.SignInAsync(mia.Address, mia.Password);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.SubmitAsync("/sign-in/factor", "/sign-in/factor?handler=Code", ("Code", code))).Status);
        Assert.Equal("/", (await mia.ShowAsync(code)).Location);
    }

    [Fact]
    public async Task An_administrator_resets_a_members_factors_and_no_more_than_that()
    {
        using var ned = await Person.WithAppAsync(host, "ned@acme.example");
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);
        var page = $"/settings/users/{await ned.IdAsync()}/reset-factors";

        Assert.Contains("not their address", (await ann.SubmitAsync(page, page, ("confirm", "somebody else"))).Body, StringComparison.Ordinal);
        Assert.Equal(page, (await ann.SubmitAsync(page, page, ("confirm", ned.Address))).Location);
        ned.OtherBrowser();
        Assert.Equal("/", (await ned.SignInAsync()).Location);
        await OnRecordAsync("factors.reset");
        Assert.Equal(HttpStatusCode.Forbidden, (await ned.Browser.GetAsync(page)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ann.GetAsync("/settings/users/999999/reset-factors")).Status);
    }

    [Fact]
    public async Task Who_works_elsewhere_too_is_out_of_one_administrators_reach()
    {
        using var otto = await Person.WithAppAsync(host, "otto@acme.example");
        await host.RunAsync("tenant", "create", "elsewhere", "--name", "Elsewhere", "--admin", "olga@elsewhere.example", "--json");
        await host.RunAsync("user", "create", otto.Address, "--tenant", "elsewhere", "--role", "analyst");
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);
        var page = $"/settings/users/{await otto.IdAsync()}/reset-factors";

        Assert.Contains("works elsewhere", (await ann.SubmitAsync(page, page, ("confirm", otto.Address))).Body, StringComparison.Ordinal);
        otto.OtherBrowser();
        Assert.Equal("/sign-in/factor", (await otto.SignInAsync()).Location);
        Assert.Equal(0, (await host.RunAsync("user", "reset-factors", otto.Address)).Status);   // whoever runs the installation can
        await Eventually.HoldsAsync(async () => (await otto.SignInAsync()).Location == "/", Ct);
    }

    [Fact]
    public async Task A_door_that_can_ask_for_no_factor_is_closed_to_who_has_one()
    {
        using var pia = await Person.WithAppAsync(host, "pia@acme.example", "administrator");
        using var client = host.NewClient();
        using var request = new HttpRequestMessage(new HttpMethod("PROPFIND"), "/dav/acme/import/");
        request.Headers.Add("Depth", "0");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{pia.Address}:{pia.Password}")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(request, Ct)).StatusCode);

        using var byKey = new HttpRequestMessage(new HttpMethod("PROPFIND"), "/dav/acme/import/");
        byKey.Headers.Add("Depth", "0");
        byKey.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"key:{host.Key}")));
        Assert.Equal(207, (int)(await client.SendAsync(byKey, Ct)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("{\"id\":\"AAAA\",\"rawId\":\"AAAA\",\"type\":\"public-key\",\"response\":{\"authenticatorData\":\"AA\",\"clientDataJSON\":\"AA\",\"signature\":\"AA\"},\"clientExtensionResults\":{}}")]
    public async Task An_answer_that_no_passkey_gave_is_refused_in_words(string credential)
    {
        using var stranger = new Visitor(host);
        var options = await stranger.SubmitAsync("/sign-in", "/sign-in/passkey?handler=Options");
        Assert.Contains("\"userVerification\":\"required\"", options.Body, StringComparison.Ordinal);

        var refused = await stranger.SubmitAsync("/sign-in", "/sign-in/passkey", ("Credential", credential));
        Assert.Equal(HttpStatusCode.OK, refused.Status);
        Assert.Contains("not known here", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_are_saved_as_they_are_read_and_bad_ones_say_what_is_wrong()
    {
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);

        Assert.Contains("&#x27;office&#x27; is no network", (await ann.SubmitAsync("/settings/factors", "/settings/factors", ("Demand", "UnknownNetworks"), ("KnownNetworks", "office"))).Body, StringComparison.Ordinal);
        Assert.Contains("at least one role", (await ann.SubmitAsync("/settings/factors", "/settings/factors", ("Demand", "Roles"))).Body, StringComparison.Ordinal);
        await ann.SubmitAsync("/settings/factors", "/settings/factors", ("Demand", "UnknownNetworks"), ("KnownNetworks", "127.0.0.1\n192.0.2.77/24"));
        Assert.Contains("192.0.2.0/24", (await ann.GetAsync("/settings/factors")).Body, StringComparison.Ordinal);
        await OnRecordAsync("policy.changed");
        await host.Services.GetRequiredService<PolicyBook>().SaveAsync(await TenantAsync(), AccessPolicy.Default, Ct);
    }

    [Fact]
    public async Task Whoever_gets_or_loses_a_factor_is_told_by_mail()
    {
        using var rita = await Person.WithAppAsync(host, "rita@acme.example");
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);

        await Eventually.HoldsAsync(async () => (await ann.GetAsync("/delivery/captured?recipient=" + rita.Address)).Body.Contains("Your second factors", StringComparison.Ordinal), Ct);
    }

    [Fact]
    public async Task A_real_authenticator_signs_in()
    {
        const string tool = "/usr/bin/oathtool";
        Assert.SkipUnless(File.Exists(tool), "oathtool is not installed: apt-get install oathtool");
        using var quin = await Person.WithAppAsync(host, "quin@acme.example");
        await quin.ForgetStepsAsync();
        quin.OtherBrowser();
        await quin.SignInAsync();
        var start = new ProcessStartInfo(tool, ["--totp", "-b", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true };   // the key on standard input, where no list of processes shows it
        using var oathtool = Process.Start(start)!;
        await oathtool.StandardInput.WriteLineAsync(Base32.Encode(quin.Key));
        oathtool.StandardInput.Close();
        var code = (await oathtool.StandardOutput.ReadToEndAsync(Ct)).Trim();
        await oathtool.WaitForExitAsync(Ct);

        Assert.Equal("/", (await quin.ShowAsync(code)).Location);
        quin.OtherBrowser();
        await quin.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await quin.ShowAsync(code)).Status);   // a second use is refused
        Assert.Contains("wrong or too old", (await quin.ShowAsync(quin.CodeNow(steps: 4))).Body, StringComparison.Ordinal);   // a clock that is two minutes off too
    }

    private async Task WithPolicyAsync(FactorPolicy factors, Func<Task> act)
    {
        var policies = host.Services.GetRequiredService<PolicyBook>();
        await policies.SaveAsync(await TenantAsync(), AccessPolicy.Default with { Factors = factors }, Ct);
        try
        {
            await act();
        }
        finally
        {
            await policies.SaveAsync(await TenantAsync(), AccessPolicy.Default, Ct);
        }
    }

    private async Task<TenantId> TenantAsync() => (await host.Services.GetRequiredService<ITenants>().FindAsync("acme", Ct))!.Id;

    private async Task OnRecordAsync(string action)
    {
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);
        await Eventually.HoldsAsync(async () => (await ann.GetAsync("/audit")).Body.Contains(action, StringComparison.Ordinal), Ct);
    }

    private async Task<string> CapturedCodeAsync(string number)
    {
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);
        var page = WebUtility.HtmlDecode((await ann.GetAsync("/delivery/captured/sms")).Body);
        return Regex.Match(page, Regex.Escape(number) + "</td><td>([0-9]{6}) is your code").Groups[1].Value;
    }

    [GeneratedRegex("/account/factors/[0-9]+/remove")]
    private static partial Regex Remove();

    [GeneratedRegex("name=\"Phone\" value=\"([0-9]+)\"")]
    private static partial Regex Phone();
}
