using System.Net;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Users;

public sealed class AgreementTests(SignInHost host) : IClassFixture<SignInHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_works_on_before_they_accept_the_newest_version_and_the_proof_is_kept()
    {
        using var ann = new Visitor(host);
        await ann.EnterAsync(SignInHost.Administrator, host.Password);
        Assert.Equal("/agreement?return=%2Fsettings%2Ftenant", (await ann.GetAsync("/settings/tenant")).Location);
        Assert.Equal("/agreement?return=%2F", (await ann.GetAsync("/")).Location);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/agreement")).Status);
        Assert.Equal("/settings/tenant", (await ann.SubmitAsync("/agreement", "/agreement", ("version", "1"), ("Return", "/settings/tenant"))).Location);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/settings/tenant")).Status);

        Assert.Equal((1L, true), await ProofAsync(1));
        Assert.Contains("agreement.accepted", (await ann.GetAsync("/audit")).Body, StringComparison.Ordinal);

        using var folder = new TestFolder("agreement");
        var file = Path.Combine(folder.Path, "agreement.txt");
        await File.WriteAllTextAsync(file, "Be kind.\n\nTo everyone.", Ct);
        Assert.Equal(0, (await host.RunAsync("agreement", "publish", file)).Status);
        Assert.StartsWith("/agreement", (await ann.GetAsync("/settings/tenant")).Location, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ann.SubmitAsync("/agreement", "/agreement", ("version", "1"))).Status);   // the one that was shown is no longer the newest
        Assert.StartsWith("/agreement", (await ann.GetAsync("/settings/tenant")).Location, StringComparison.Ordinal);
        Assert.Equal("/", (await ann.SubmitAsync("/agreement", "/agreement", ("version", "2"), ("Return", "//evil.example/"))).Location);
        Assert.Equal(HttpStatusCode.OK, (await ann.GetAsync("/settings/tenant")).Status);
        Assert.Equal((1L, true), await ProofAsync(2));
        Assert.Equal("/sign-in", (await ann.SubmitAsync("/settings/tenant", "/sign-out")).Location);
    }

    [Fact]
    public async Task An_agreement_of_nothing_is_not_published()
    {
        using var folder = new TestFolder("agreement");
        var file = Path.Combine(folder.Path, "agreement.txt");
        await File.WriteAllTextAsync(file, " \n", Ct);

        Assert.NotEqual(0, (await host.RunAsync("agreement", "publish", file)).Status);
        Assert.NotEqual(0, (await host.RunAsync("agreement", "publish", file + ".not-there")).Status);
    }

    [Fact]
    public async Task The_cookie_notice_stands_on_every_page_until_it_is_understood()
    {
        using var visitor = new Visitor(host);
        Assert.Contains("/console/cookies", (await visitor.GetAsync("/sign-in")).Body, StringComparison.Ordinal);
        Assert.Equal("/sign-in", (await PostAsync(visitor, "/sign-in")).Location);
        Assert.DoesNotContain("/console/cookies", (await visitor.GetAsync("/sign-in")).Body, StringComparison.Ordinal);
        await visitor.SignInAsync("eve@acme.example", await host.NewUserAsync("eve@acme.example", "analyst"));
        Assert.DoesNotContain("/console/cookies", (await visitor.GetAsync("/account/sessions")).Body, StringComparison.Ordinal);
        Assert.Equal("/", (await PostAsync(visitor, "//evil.example/")).Location);
    }

    private static async Task<Answer> PostAsync(Visitor visitor, string back)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/console/cookies") { Content = new FormUrlEncodedContent([KeyValuePair.Create("back", back)]) };
        return await visitor.SendAsync(request);
    }

    private async Task<(long Count, bool IsOfTheseWords)> ProofAsync(int version) => await host.System.FindAsync<(long, bool)>("""
        select count(*), bool_and(p.text_hash = sha256(convert_to(a.text, 'UTF8')))
          from tenancy.agreement_acceptance p
          join tenancy.agreement a using (version)
         where version = @version
           and p.user_id = (select min(user_id) from tenancy.user_account)   -- the tenant's first
        """, new { version }, Ct);
}
