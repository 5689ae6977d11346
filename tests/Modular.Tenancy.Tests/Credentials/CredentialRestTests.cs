using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Credentials;

/// <summary>Keys and SMTP credentials by REST: a program makes, turns and ends those of others, and never gives more than it holds.</summary>
public sealed class CredentialRestTests(SignInHost host) : IClassFixture<SignInHost>
{
    private const string Keys = "api/v1/keys";
    private const string Smtp = "api/v1/smtp-credentials";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_made_listed_turned_and_revoked_and_its_secret_is_shown_once()
    {
        using var admin = ClientWith(host.Key);
        var made = await admin.PostAsJsonAsync(Keys, new { name = "crm", permissions = new[] { "contacts.read" }, networks = new[] { "127.0.0.0/8" }, expiresDays = 30 }, Ct);
        Assert.Equal((HttpStatusCode.Created, "/api/v1/keys/crm", "no-store"), (made.StatusCode, made.Headers.Location?.OriginalString, made.Headers.CacheControl?.ToString()));
        var secret = await SecretAsync(made);
        using var crm = ClientWith(secret);
        Assert.Equal(HttpStatusCode.OK, (await crm.GetAsync("api/v1/contacts", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await crm.GetAsync(Keys, Ct)).StatusCode);

        var list = await admin.GetStringAsync(Keys, Ct);
        Assert.DoesNotContain(secret, list, StringComparison.Ordinal);
        var listed = JsonDocument.Parse(list).RootElement.GetProperty("items").EnumerateArray().Single(k => k.GetProperty("name").GetString() == "crm");
        Assert.Equal(("contacts.read", "127.0.0.0/8"), (listed.GetProperty("permissions")[0].GetString(), listed.GetProperty("networks")[0].GetString()));

        using var turned = ClientWith(await SecretAsync(await TurnAsync(admin, Keys + "/crm", 1)));
        foreach (var client in new[] { crm, turned }) Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("api/v1/contacts", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync(Keys + "/crm", Ct)).StatusCode);
        foreach (var client in new[] { crm, turned }) await Eventually.HoldsAsync(async () => (await client.GetAsync("api/v1/contacts", Ct)).StatusCode is HttpStatusCode.Unauthorized, Ct);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.DeleteAsync(Keys + "/crm", Ct)).StatusCode);

        Assert.Equal(["key.created", "key.rotated", "key.revoked"], await DeedsAsync("key/crm"));
    }

    [Fact]
    public async Task An_SMTP_credential_is_made_listed_turned_and_revoked()
    {
        using var admin = ClientWith(host.Key);
        var made = await BodyAsync(await admin.PostAsJsonAsync(Smtp, new { name = "shop", domains = new[] { "Shop.Example" } }, Ct), HttpStatusCode.Created);
        Assert.StartsWith("ms_", made.GetProperty("userName").GetString(), StringComparison.Ordinal);
        var list = await admin.GetStringAsync(Smtp, Ct);
        Assert.Contains("shop.example", list, StringComparison.Ordinal);
        Assert.DoesNotContain(made.GetProperty("password").GetString()!, list, StringComparison.Ordinal);

        var turned = await BodyAsync(await TurnAsync(admin, Smtp + "/shop"), HttpStatusCode.OK);
        Assert.NotEqual(made.GetProperty("userName").GetString(), turned.GetProperty("userName").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"{Smtp}/{turned.GetProperty("userName").GetString()}", Ct)).StatusCode);
        Assert.Equal(["smtp-credential.created", "smtp-credential.rotated", "smtp-credential.revoked"], await DeedsAsync("smtp/shop"));
    }

    [Fact]
    public async Task A_key_gives_no_permission_that_it_lacks_neither_to_a_new_key_nor_by_turning_a_mightier_one()
    {
        using var maker = ClientWith(await NewKeyAsync("maker", "--permissions", "keys.manage,contacts.read"));
        await ProblemAsync(await maker.PostAsJsonAsync(Keys, new { name = "greedy", permissions = new[] { "contacts.read", "contacts.export" } }, Ct), HttpStatusCode.Forbidden, "not-yours-to-give");
        await ProblemAsync(await TurnAsync(maker, Keys + "/administrator", 24), HttpStatusCode.Forbidden, "not-yours-to-give");

        using var child = ClientWith(await SecretAsync(await maker.PostAsJsonAsync(Keys, new { name = "child", permissions = new[] { "keys.manage" } }, Ct)));
        await ProblemAsync(await child.PostAsJsonAsync(Keys, new { name = "grandchild", permissions = new[] { "contacts.read" } }, Ct), HttpStatusCode.Forbidden, "not-yours-to-give");
        using var itself = ClientWith(await SecretAsync(await TurnAsync(maker, Keys + "/maker")));
        Assert.Equal(HttpStatusCode.OK, (await itself.GetAsync(Keys, Ct)).StatusCode);
    }

    [Fact]
    public async Task A_key_that_is_bound_to_networks_and_days_makes_none_that_is_less_bound()
    {
        using var bound = ClientWith(await NewKeyAsync("bound", "--permissions", "keys.manage,security.manage", "--networks", "127.0.0.0/8", "--expires-days", "10"));
        foreach (var path in new[] { Keys, Smtp })
        {
            await ProblemAsync(await bound.PostAsJsonAsync(path, new { name = "a", permissions = new[] { "keys.manage" }, expiresDays = 5 }, Ct), HttpStatusCode.Forbidden, "wider-than-yours");
            await ProblemAsync(await bound.PostAsJsonAsync(path, new { name = "a", permissions = new[] { "keys.manage" }, networks = new[] { "0.0.0.0/0" }, expiresDays = 5 }, Ct), HttpStatusCode.Forbidden, "wider-than-yours");
            await ProblemAsync(await bound.PostAsJsonAsync(path, new { name = "a", permissions = new[] { "keys.manage" }, networks = new[] { "127.0.0.1" } }, Ct), HttpStatusCode.Forbidden, "longer-than-yours");
            Assert.Equal(HttpStatusCode.Created, (await bound.PostAsJsonAsync(path, new { name = "within", permissions = new[] { "keys.manage" }, networks = new[] { "127.0.0.1" }, expiresDays = 5 }, Ct)).StatusCode);
        }
        await ProblemAsync(await bound.PutAsJsonAsync("api/v1/networks/keys/within", new { networks = Array.Empty<string>() }, Ct), HttpStatusCode.Forbidden, "wider-than-yours");
        await ProblemAsync(await bound.PutAsJsonAsync("api/v1/networks/keys/bound", new { networks = Array.Empty<string>() }, Ct), HttpStatusCode.Forbidden, "wider-than-yours");
        await ProblemAsync(await bound.PutAsJsonAsync("api/v1/networks/smtp/within", new { networks = new[] { "127.0.0.0/7" } }, Ct), HttpStatusCode.Forbidden, "wider-than-yours");
    }

    [Fact]
    public async Task What_is_asked_badly_is_answered_in_words()
    {
        using var admin = ClientWith(host.Key);
        await ProblemAsync(await admin.PostAsJsonAsync(Keys, new { }, Ct), HttpStatusCode.BadRequest, "bad-credential-name");
        await ProblemAsync(await admin.PostAsJsonAsync(Keys, new { name = "x" }, Ct), HttpStatusCode.BadRequest, "no-permissions");
        await ProblemAsync(await admin.PostAsJsonAsync(Keys, new { name = "x", permissions = new[] { "contacts.*" } }, Ct), HttpStatusCode.BadRequest, "unknown-permission");
        await ProblemAsync(await admin.PostAsJsonAsync(Keys, new { name = "administrator", permissions = new[] { "contacts.read" } }, Ct), HttpStatusCode.Conflict, "credential-name-taken");
        await ProblemAsync(await admin.PostAsJsonAsync(Smtp, new { name = "x", networks = new[] { "office" } }, Ct), HttpStatusCode.BadRequest, "bad-networks");
        await ProblemAsync(await admin.PostAsJsonAsync(Smtp, new { name = "x", domains = new[] { "no domain" } }, Ct), HttpStatusCode.BadRequest, "bad-domain");
        await ProblemAsync(await admin.PostAsJsonAsync(Smtp, new { name = "x", expiresDays = 0 }, Ct), HttpStatusCode.BadRequest, "bad-expiry");
        foreach (var hours in new[] { -1, 721, int.MaxValue }) await ProblemAsync(await TurnAsync(admin, Keys + "/administrator", hours), HttpStatusCode.BadRequest, "bad-overlap");
        await ProblemAsync(await TurnAsync(admin, Keys + "/nobody"), HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Another_tenants_credentials_are_not_there()
    {
        var other = JsonDocument.Parse((await host.RunAsync("tenant", "create", "globex", "--json")).Output).RootElement.GetProperty("apiKey").GetString()!;
        await NewKeyAsync("ours", "--permissions", "contacts.read");
        using var globex = ClientWith(other);

        Assert.DoesNotContain("ours", await globex.GetStringAsync(Keys, Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await TurnAsync(globex, Keys + "/ours")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await globex.DeleteAsync(Keys + "/ours", Ct)).StatusCode);
    }

    [Fact]
    public async Task In_the_console_too_nobody_turns_a_key_that_holds_more_than_they_do()
    {
        const string dev = "dev@acme.example";
        using var browser = new Visitor(host);
        await browser.SignInAsync(dev, await host.NewUserAsync(dev, "developer"));
        using var admin = ClientWith(host.Key);
        var prefix = JsonDocument.Parse(await admin.GetStringAsync(Keys, Ct)).RootElement.GetProperty("items").EnumerateArray().Single(k => k.GetProperty("name").GetString() == "administrator").GetProperty("prefix").GetString();
        var page = $"/settings/keys/{prefix}/rotate";
        var answer = await browser.SubmitAsync(page, page, ("OverlapHours", "24"));

        Assert.Contains("You do not hold", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("data-copy=\"mk_", answer.Body, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> DeedsAsync(string subject)
    {
        var tenant = await host.System.FindAsync<TenantId>("select tenant_id from tenancy.tenant where slug = 'acme'", null, Ct);
        return await host.Tenants.ListAsync<string>(tenant, "select action from audit where subject = @subject order by seq", new { subject }, Ct);
    }

    private async Task<string> NewKeyAsync(string name, params string[] options) => (await host.RunAsync(["key", "create", "acme", "--name", name, .. options])).Output.Trim();

    private static Task<HttpResponseMessage> TurnAsync(HttpClient client, string path, int? overlapHours = null) =>
        client.PostAsync(new Uri(path + "/rotate" + (overlapHours is null ? "" : $"?overlapHours={overlapHours}"), UriKind.Relative), null, Ct);

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.True(status == answer.StatusCode, $"{answer} {await answer.Content.ReadAsStringAsync(Ct)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private static async Task<string> SecretAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, answer.ToString());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("apiKey").GetString()!;
    }

    private static async Task ProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string code) =>
        Assert.Equal("urn:modular:fault:" + code, (await BodyAsync(answer, status)).GetProperty("type").GetString());

    private HttpClient ClientWith(string key)
    {
        var client = host.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }
}
