using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SignIn;

public sealed partial class SignInTests(SignInHost host) : IClassFixture<SignInHost>
{
    [Fact]
    public async Task Who_is_not_signed_in_is_sent_to_the_sign_in_page_and_comes_back()
    {
        using var visitor = new Visitor(host);
        var refused = await visitor.GetAsync("/settings/tenant");
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in?return=%2Fsettings%2Ftenant"), (refused.Status, refused.Location));

        var entered = await visitor.SignInAsync(SignInHost.Administrator, host.Password, "/settings/tenant");
        Assert.Equal((HttpStatusCode.Redirect, "/settings/tenant"), (entered.Status, entered.Location));
        Assert.Contains("Acme", (await visitor.GetAsync("/settings/tenant")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_signing_out_there_is_nothing_to_see()
    {
        using var visitor = await EnterAsync();
        var left = await visitor.SubmitAsync("/settings/keys/new", "/sign-out");

        Assert.Equal("/sign-in", left.Location);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync("/settings/tenant")).Status);
    }

    [Fact]
    public async Task A_link_on_another_site_cannot_sign_out()
    {
        using var visitor = await EnterAsync();
        await visitor.GetAsync("/sign-out");
        using var forged = new HttpRequestMessage(HttpMethod.Post, "/sign-out");
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.SendAsync(forged)).Status);

        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/settings/tenant")).Status);
    }

    [Fact]
    public async Task An_unknown_address_gets_the_same_answer_as_a_wrong_password()
    {
        var answers = new List<Answer>();
        foreach (var address in new[] { SignInHost.Administrator, "nobody@acme.example", "no address at all" })
        {
            using var visitor = new Visitor(host);
            answers.Add(await visitor.SignInAsync(address, "a wrong password"));
        }

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        Assert.Single(answers.Select(a => Typed().Replace(Tokens().Replace(a.Body, ""), "")).Distinct());
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_sent_to_another_site(string from)
    {
        using var visitor = new Visitor(host);
        Assert.Equal("/", (await visitor.SignInAsync(SignInHost.Administrator, host.Password, from)).Location);
    }

    [Fact]
    public async Task The_password_is_never_sent_back()
    {
        using var visitor = new Visitor(host);
        Assert.DoesNotContain("a wrong password", (await visitor.SignInAsync(SignInHost.Administrator, "a wrong password")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_who_guesses_locks_himself_out_and_not_the_owner()
    {
        const string bob = "bob@acme.example";
        var password = await host.NewUserAsync(bob, "marketer");
        using var owner = new Visitor(host);
        await owner.SignInAsync(bob, password);
        await owner.SubmitAsync("/suppressions", "/sign-out");

        using var stranger = new Visitor(host);
        var (account, here) = (host.Services.GetRequiredService<Accounts>().IndexOf(EmailAddress.Parse(bob)), new Origin("127.0.0.1"));
        for (var i = 1; i < SignInThrottle.PerAccountHere; i++) host.Services.GetRequiredService<SignInThrottle>().CountFailure(account, here);
        await stranger.SignInAsync(bob, "the last guess");
        var refused = await stranger.SignInAsync(bob, password);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.True(int.Parse(refused.Headers["Retry-After"], null) > 0);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.SignInAsync(bob, password)).Status);   // the same network, and a device that is known
    }

    [Fact]
    public async Task The_session_cookie_is_out_of_reach_for_scripts_and_other_sites()
    {
        using var visitor = new Visitor(host);
        var cookie = (await visitor.SignInAsync(SignInHost.Administrator, host.Password)).Headers["Set-Cookie"].Split('\n').Single(c => c.StartsWith("modular=", StringComparison.Ordinal));

        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ann", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_cookie_is_nobody()
    {
        using var visitor = await EnterAsync();
        var cookie = visitor.Cookies.GetCookies(host.Url)["modular"]!;
        var middle = cookie.Value.Length / 2;
        cookie.Value = cookie.Value[..middle] + (cookie.Value[middle] == 'A' ? 'B' : 'A') + cookie.Value[(middle + 1)..];

        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync("/settings/tenant")).Status);
    }

    [Fact]
    public async Task A_part_of_an_open_page_makes_the_browser_go_to_the_sign_in_page()
    {
        using var visitor = new Visitor(host);
        var refused = await visitor.GetAsync("/settings/tenant", ("HX-Request", "true"));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.StartsWith("/sign-in", refused.Headers["HX-Redirect"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_in_is_on_record()
    {
        using var visitor = await EnterAsync();
        var trail = (await visitor.GetAsync("/audit")).Body;

        Assert.Contains("user.signed-in", trail, StringComparison.Ordinal);
        Assert.Contains("user:" + SignInHost.Administrator, trail, StringComparison.Ordinal);
    }

    private async Task<Visitor> EnterAsync()
    {
        var visitor = new Visitor(host);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.SignInAsync(SignInHost.Administrator, host.Password)).Status);
        return visitor;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"[^\"]+\"")]
    private static partial Regex Tokens();

    [GeneratedRegex("name=\"Input.Address\" type=\"email\" value=\"[^\"]*\"")]
    private static partial Regex Typed();
}
