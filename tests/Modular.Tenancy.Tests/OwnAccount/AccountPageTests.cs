using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Modular.Tenancy.Tests.Factors;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.OwnAccount;

/// <summary>One's own account, as a person meets it over HTTP.</summary>
public sealed partial class AccountPageTests(SignInHost host) : IClassFixture<SignInHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_reads_who_they_are_here_and_what_they_accepted()
    {
        using var bob = await Person.NewAsync(host, "bob@acme.example", "analyst");
        var page = await bob.Browser.GetAsync("/account");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        foreach (var word in new[] { bob.Address, "Acme", "analyst", "Version 1", "/account/sessions", "/account/factors", "/account/address" }) Assert.Contains(word, page.Body, StringComparison.Ordinal);
        Assert.Contains("href=\"/account\"", (await bob.Browser.GetAsync("/")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_address_is_confirmed_in_the_session_that_asked_whatever_host_the_request_named()
    {
        using var carl = await Person.NewAsync(host, "carl@acme.example");
        using var phone = new Visitor(host);
        await phone.SignInAsync(carl.Address, carl.Password);
        var asked = await carl.Browser.SubmitAsync("/account/address", "/account/address", ("Address", "carl.new@acme.example"));
        Assert.Contains("Look into the new mailbox", asked.Body, StringComparison.Ordinal);
        var link = await LinkAsync("carl.new@acme.example");
        Assert.Equal(host.Facts.PublicUrl, new Uri(link.GetLeftPart(UriPartial.Authority) + "/"));

        Assert.Contains("carl.new@acme.example", (await carl.Browser.GetAsync(link.AbsolutePath)).Body, StringComparison.Ordinal);
        Assert.Contains("This link is not good", (await SignedInAsAdministratorAsync(link.AbsolutePath)).Body, StringComparison.Ordinal);
        Assert.Equal("/account?changed=true", (await carl.Browser.SubmitAsync(link.AbsolutePath, link.AbsolutePath)).Location);
        Assert.Contains("carl.new@acme.example", (await carl.Browser.GetAsync("/account")).Body, StringComparison.Ordinal);
        Assert.Contains("This link is not good", (await carl.Browser.GetAsync(link.AbsolutePath)).Body, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Redirect, (await phone.GetAsync("/account")).Status);
        using var again = new Visitor(host);
        Assert.Equal(HttpStatusCode.Redirect, (await again.SignInAsync("carl.new@acme.example", carl.Password)).Status);
        using var before = new Visitor(host);
        Assert.Equal(HttpStatusCode.OK, (await before.EnterAsync(carl.Address, carl.Password)).Status);
    }

    [Fact]
    public async Task A_host_that_the_request_made_up_is_in_no_letter()
    {
        using var dora = await Person.NewAsync(host, "dora@acme.example");
        var token = Regex.Match((await dora.Browser.GetAsync("/account/address")).Body, "__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/account/address");
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("Address", "dora.new@acme.example"), KeyValuePair.Create("__RequestVerificationToken", token)]);
        await dora.Browser.SendAsync(request);

        // Refused, or sent with our own address: in no case with theirs.
        if (await host.System.FindAsync<long>("select count(*) from tenancy.one_use_token t where t.user_id = @Id", new { Id = await dora.IdAsync() }, Ct) == 0) return;
        Assert.Equal(host.Facts.PublicUrl.Authority, (await LinkAsync("dora.new@acme.example")).Authority);
    }

    [Fact]
    public async Task A_taken_address_and_a_free_one_get_the_same_page()
    {
        using var emil = await Person.NewAsync(host, "emil@acme.example");
        var taken = await emil.Browser.SubmitAsync("/account/address", "/account/address", ("Address", SignInHost.Administrator));
        var free = await emil.Browser.SubmitAsync("/account/address", "/account/address", ("Address", "nobody.yet@acme.example"));

        Assert.Equal((taken.Status, Masked(taken.Body)), (free.Status, Masked(free.Body)));
    }

    [Fact]
    public async Task An_old_proof_is_not_enough_for_another_address_nor_for_the_file()
    {
        using var finn = await Person.NewAsync(host, "finn@acme.example");
        await host.System.RunAsync("update tenancy.session set proven_at = now() - interval '20 minutes' where user_id = @Id", new { Id = await finn.IdAsync() }, Ct);
        await Eventually.HoldsAsync(async () => (await finn.Browser.GetAsync("/account/address")).Location is "/step-up?return=%2Faccount%2Faddress", Ct);

        Assert.Equal("/step-up?return=%2Faccount", (await finn.Browser.SubmitAsync("/account", "/account?handler=Download")).Location);
        Assert.Equal("/step-up?return=%2Faccount%2Faddress", (await finn.Browser.SubmitAsync("/account", "/account/address", ("Address", "finn.new@acme.example"))).Location);
    }

    [Fact]
    public async Task The_file_holds_what_is_kept_about_the_person_and_no_secret_and_nothing_of_others()
    {
        using var gina = await Person.WithAppAsync(host, "gina@acme.example");
        using var other = await Person.NewAsync(host, "hugo@acme.example");
        await host.DrainOutboxAsync();
        var answer = await gina.Browser.SubmitAsync("/account", "/account?handler=Download");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var file = JsonDocument.Parse(answer.Body).RootElement;

        Assert.Equal(gina.Address, file.GetProperty("account").GetProperty("address").GetString());
        var membership = Assert.Single(file.GetProperty("memberships").EnumerateArray());
        Assert.Equal(("acme", "marketer"), (membership.GetProperty("tenant").GetString(), membership.GetProperty("role").GetString()));
        Assert.Equal("totp", Assert.Single(file.GetProperty("factors").EnumerateArray()).GetProperty("kind").GetString());
        Assert.Equal(1, Assert.Single(file.GetProperty("agreements").EnumerateArray()).GetProperty("version").GetInt32());
        Assert.NotEmpty(file.GetProperty("sessions").EnumerateArray());
        var deeds = membership.GetProperty("deeds").EnumerateArray().Select(d => d.GetProperty("action").GetString()).ToList();
        Assert.Contains("user.signed-in", deeds);
        Assert.Contains("factor.added", deeds);

        Assert.DoesNotContain(other.Address, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(SignInHost.Administrator, answer.Body, StringComparison.Ordinal);
        Assert.All(gina.RecoveryCodes, code => Assert.DoesNotContain(code, answer.Body, StringComparison.Ordinal));
        Assert.DoesNotContain(Convert.ToBase64String(gina.Key), answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(Modular.Tenancy.Factors.Base32.Encode(gina.Key), answer.Body, StringComparison.Ordinal);
        var hash = await host.System.FindAsync<string>("select password_hash from tenancy.user_account where user_id = @Id", new { Id = await gina.IdAsync() }, Ct);
        Assert.DoesNotContain(hash!, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deeds_under_an_address_count_for_whoever_had_it_then()
    {
        using var ida = await Person.NewAsync(host, "ida@acme.example");
        Assert.Equal(0, (await host.RunAsync("user", "set-address", ida.Address, "ida.new@acme.example")).Status);
        using var heir = await Person.NewAsync(host, "ida@acme.example");   // the address is free again, and somebody else takes it
        using var browser = new Visitor(host);
        await browser.SignInAsync("ida.new@acme.example", ida.Password);
        await host.DrainOutboxAsync();
        var mine = await DeedsAsync(browser);
        var theirs = await DeedsAsync(heir.Browser);

        Assert.Equal(2, mine.Count(a => a == "user.signed-in"));   // under both names
        Assert.Equal(1, theirs.Count(a => a == "user.signed-in"));
    }

    [Fact]
    public async Task The_command_refuses_an_address_that_is_taken()
    {
        using var jon = await Person.NewAsync(host, "jon@acme.example");
        Assert.Contains("Somebody else", (await host.RunAsync("user", "set-address", jon.Address, SignInHost.Administrator)).Error, StringComparison.Ordinal);
        Assert.True(await jon.IsInAsync());
    }

    private static async Task<List<string?>> DeedsAsync(Visitor browser)
    {
        var file = JsonDocument.Parse((await browser.SubmitAsync("/account", "/account?handler=Download")).Body).RootElement;
        return [.. file.GetProperty("memberships")[0].GetProperty("deeds").EnumerateArray().Select(d => d.GetProperty("action").GetString())];
    }

    private async Task<Answer> SignedInAsAdministratorAsync(string path)
    {
        using var ann = new Visitor(host);
        await ann.SignInAsync(SignInHost.Administrator, host.Password);
        return await ann.GetAsync(path);
    }

    private async Task<Uri> LinkAsync(string to)
    {
        using var client = host.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", host.Key);
        var text = "";
        await Eventually.HoldsAsync(async () => Link().IsMatch(text = (await client.GetStringOrNothingAsync("/api/v1/capture/raw?recipient=" + Uri.EscapeDataString(to), Ct)).Replace("=\r\n", "", StringComparison.Ordinal)), Ct);
        return new Uri(Link().Match(text).Value);
    }

    private static string Masked(string page) => Regex.Replace(page, "value=\"[A-Za-z0-9_-]{80,}\"|nonce=\"[^\"]+\"", "");

    [GeneratedRegex(@"https?://\S+/account/address/[A-Za-z0-9_-]{43}")]
    private static partial Regex Link();
}

internal static class TextOrNothing
{
    public static async Task<string> GetStringOrNothingAsync(this HttpClient client, string path, CancellationToken ct)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), ct);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(ct) : "";
    }
}
