using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Tenants;

/// <summary>A tenant's life at every door, as the whole suite keeps it.</summary>
public sealed class TenantLifeTests(TestHost host) : IClassFixture<TestHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_suspended_is_turned_away_at_every_door_within_seconds_and_let_in_again()
    {
        var acme = await NewTenantAsync("acme");
        using var ann = new Visitor(host);
        Assert.Equal(HttpStatusCode.Redirect, (await ann.SignInAsync("admin@acme.localhost", acme.Password)).Status);
        await DoorsAsync(ann, acme, isOpen: true);

        Assert.Equal(0, (await host.RunAsync("tenant", "suspend", "acme", "--reason", "unpaid since March")).Status);
        await DoorsAsync(ann, acme, isOpen: false);
        Assert.Equal(HttpStatusCode.OK, (await ann.SignInAsync("admin@acme.localhost", acme.Password)).Status);   // the form again, with the words why

        Assert.Equal(0, (await host.RunAsync("tenant", "resume", "acme")).Status);
        await DoorsAsync(ann, acme, isOpen: true);   // the session was waiting too

        Assert.Equal(0, (await host.RunAsync("tenant", "deactivate", "acme", "--reason", "the contract has ended")).Status);
        await DoorsAsync(ann, acme, isOpen: false);
        Assert.Contains("deactivated", (await host.RunAsync("tenant", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_done_and_why_stands_in_both_trails()
    {
        var tenant = await NewTenantAsync("noted");
        await host.RunAsync("tenant", "suspend", "noted", "--reason", "unpaid");
        await host.RunAsync("tenant", "suspend", "noted", "--reason", "unpaid");   // said twice, done once
        await host.RunAsync("tenant", "resume", "noted");
        await host.RunAsync("tenant", "deactivate", "noted", "--reason", "over");

        string[] told = ["tenant.created noted", "tenant.suspended noted: unpaid", "tenant.resumed noted", "tenant.deactivated noted: over"];
        Assert.Equal(told, await host.Tenants.ListAsync<string>(tenant.Id, "select action || ' ' || detail from audit where action like 'tenant.%' order by seq", null, Ct));
        Assert.Equal(told, await host.System.ListAsync<string>("select action || ' ' || detail from compliance.audit where subject = 'tenant/' || @Tenant order by seq", new { Tenant = tenant.Id.ToString() }, Ct));
    }

    [Theory]
    [InlineData("tenant suspend nobody --reason x")]
    [InlineData("tenant suspend")]
    [InlineData("tenant suspend acme")]
    [InlineData("tenant deactivate acme --reason=")]
    [InlineData("tenant quota nobody")]
    [InlineData("operator key-create")]
    [InlineData("operator key-revoke nothing")]
    public async Task What_is_called_wrongly_is_told_how(string words)
    {
        var answer = await host.RunAsync(words.Split(' '));

        Assert.Contains(answer.Status, new[] { 1, 2 });
        Assert.Equal("", answer.Output);
        Assert.NotEqual("", answer.Error);
    }

    [Fact]
    public async Task Campaigns_of_a_deactivated_tenant_stay_paused_when_it_comes_back()
    {
        var tenant = await NewTenantAsync("mailing");
        await host.Tenants.RunAsync(tenant.Id, """
            insert into campaign (campaign_id, name, subject, from_name, from_address, reply_to, html, text, state, revision_id, created_at, updated_at, started_at)
            values (1, 'Spring', 's', '', 'a@example.com', '', '', '', 'preparing', 1, now(), now(), now()), (2, 'Draft', 's', '', 'a@example.com', '', '', '', 'draft', null, now(), now(), null);
            insert into send_job (campaign_id, lease_until) values (1, now() + interval '1 hour');
            """, null, Ct);

        await host.RunAsync("tenant", "deactivate", "mailing", "--reason", "over");
        await host.DrainOutboxAsync();
        await host.RunAsync("tenant", "resume", "mailing");

        Assert.Equal(["paused", "draft"], await host.Tenants.ListAsync<string>(tenant.Id, "select state from campaign order by campaign_id", null, Ct));
    }

    [Fact]
    public async Task An_operator_runs_tenants_from_the_console()
    {
        var made = JsonDocument.Parse((await host.RunAsync("operator", "create", "olga@host.example", "--json")).Output).RootElement;
        using var olga = new Visitor(host);
        await olga.SignInAsync("olga@host.example", made.GetProperty("password").GetString()!);

        var page = "/installation/tenants/new";
        Assert.Contains("already", (await olga.SubmitAsync(page, page, ("Input.Slug", (await NewTenantAsync("taken")).Slug), ("Input.Name", "X"), ("Input.Owner", "o@x.example"))).Body, StringComparison.Ordinal);
        Assert.Contains("mk_", (await olga.SubmitAsync(page, page, ("Input.Slug", "shoes"), ("Input.Name", "Shoes & more"), ("Input.Owner", "sue@shoes.example"))).Body, StringComparison.Ordinal);
        Assert.Contains("Shoes &amp; more", (await olga.GetAsync("/installation/tenants")).Body, StringComparison.Ordinal);

        const string shoes = "/installation/tenants/shoes";
        Assert.Equal(shoes, (await olga.SubmitAsync(shoes, shoes + "/quota", ("Input.Contacts", "1000"), ("Input.Users", "2"))).Location);
        Assert.Contains("0 of 1,000", (await olga.GetAsync(shoes)).Body, StringComparison.Ordinal);
        Assert.Contains("Say why", (await olga.SubmitAsync(shoes, shoes + "?handler=Suspend", ("Reason", " "))).Body, StringComparison.Ordinal);
        Assert.Equal(shoes, (await olga.SubmitAsync(shoes, shoes + "?handler=Suspend", ("Reason", "unpaid"))).Location);
        Assert.Contains("unpaid", (await olga.GetAsync(shoes)).Body, StringComparison.Ordinal);
        Assert.Equal(shoes, (await olga.SubmitAsync(shoes, shoes + "?handler=Resume")).Location);
        Assert.Equal(shoes, (await olga.SubmitAsync(shoes, shoes + "?handler=Rotate")).Location);
        Assert.Contains("with version 2", (await olga.GetAsync(shoes)).Body, StringComparison.Ordinal);

        Assert.Equal(shoes, (await olga.SubmitAsync(shoes + "/deactivate", shoes + "/deactivate", ("Reason", "over"))).Location);
        Assert.Contains("nothing was destroyed", (await olga.SubmitAsync(shoes + "/shred", shoes + "/shred", ("confirm", "shoe"))).Body, StringComparison.Ordinal);
        Assert.Equal(shoes, (await olga.SubmitAsync(shoes + "/shred", shoes + "/shred", ("confirm", "shoes"))).Location);
        Assert.Contains("destroyed", (await olga.GetAsync(shoes)).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await olga.GetAsync("/installation/tenants/nobody")).Status);
    }

    [Fact]
    public async Task An_operators_program_runs_tenants_by_REST_and_opens_none()
    {
        var key = (await host.RunAsync("operator", "key-create", "billing")).Output.Trim();
        using var billing = ClientWith(key);
        const string tenants = "api/v1/installation/tenants";

        var made = await billing.PostAsJsonAsync(tenants, new { slug = "hats", name = "Hats", owner = "hal@hats.example" }, Ct);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var body = await made.Content.ReadFromJsonAsync<JsonElement>(Ct);
        using var hats = ClientWith(body.GetProperty("apiKey").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await hats.GetAsync("api/v1/contacts", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await hats.GetAsync(tenants, Ct)).StatusCode);
        foreach (var path in new[] { "api/v1/contacts", "api/v1/campaigns", "api/v1/audit", "api/v1/suppressions" })
            Assert.Equal(HttpStatusCode.Forbidden, (await billing.GetAsync(path, Ct)).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await billing.PutAsJsonAsync(tenants + "/hats/quota", new { contacts = 1 }, Ct)).StatusCode);
        await Eventually.HoldsAsync(async () => (await host.RunAsync("tenant", "quota", "hats")).Output.Contains("0 of 1", StringComparison.Ordinal), Ct);
        Assert.Equal(HttpStatusCode.Created, (await hats.PostAsJsonAsync("api/v1/contacts", new { email = "ann@example.com" }, Ct)).StatusCode);
        var full = await hats.PostAsJsonAsync("api/v1/contacts", new { email = "bob@example.com" }, Ct);
        Assert.Equal(HttpStatusCode.Conflict, full.StatusCode);
        Assert.Contains("quota of 1 contacts is used up", await full.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await hats.PostAsJsonAsync("api/v1/contacts", new { email = "ann@example.com", fields = new { first_name = "Ann" } }, Ct)).StatusCode);   // who is there may change

        Assert.Equal(HttpStatusCode.BadRequest, (await billing.PostAsJsonAsync(tenants + "/hats/suspend", new { }, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await billing.PostAsJsonAsync(tenants + "/hats/suspend", new { reason = "unpaid" }, Ct)).StatusCode);
        await Eventually.HoldsAsync(async () => (await hats.GetAsync("api/v1/contacts", Ct)).StatusCode is HttpStatusCode.Forbidden, Ct);
        var shown = await billing.GetFromJsonAsync<JsonElement>(tenants + "/hats", Ct);
        Assert.Equal(("suspended", "unpaid"), (shown.GetProperty("tenant").GetProperty("state").GetString(), shown.GetProperty("tenant").GetProperty("reason").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await billing.GetAsync(tenants + "/nobody", Ct)).StatusCode);

        Assert.Contains("billing", (await host.RunAsync("operator", "key-list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await host.RunAsync("operator", "key-revoke", "billing")).Status);
        await Eventually.HoldsAsync(async () => (await billing.GetAsync(tenants, Ct)).StatusCode is HttpStatusCode.Unauthorized, Ct);
    }

    [Theory]
    [InlineData("suspend", "suspended")]
    [InlineData("deactivate", "deactivated")]
    public async Task A_right_key_of_a_tenant_that_waits_is_told_so_and_no_other_one_is(string act, string word)
    {
        var tenant = await NewTenantAsync("waits-" + act);
        using var right = ClientWith(tenant.Key);
        using var wrong = ClientWith(tenant.Key[..^3] + "AAA");
        await host.RunAsync("key", "create", tenant.Slug, "--name", "elsewhere", "--networks", "192.0.2.0/24");
        using var elsewhere = ClientWith((await host.RunAsync("key", "rotate", tenant.Slug, "elsewhere")).Output.Trim());
        await host.RunAsync("tenant", act, tenant.Slug, "--reason", "unpaid");
        await Eventually.HoldsAsync(async () => (await right.GetAsync("api/v1/contacts", Ct)).StatusCode is HttpStatusCode.Forbidden, Ct);

        var problem = await (await right.GetAsync("api/v1/contacts", Ct)).Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("urn:modular:fault:tenant-waits", problem.GetProperty("type").GetString());
        Assert.Contains(word, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        foreach (var client in new[] { wrong, elsewhere })
        {
            var answer = await client.GetAsync("api/v1/contacts", Ct);
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (answer.StatusCode, answer.Headers.WwwAuthenticate.Single().Scheme));
            Assert.DoesNotContain(word, await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
        await host.RunAsync("tenant", "resume", tenant.Slug);
        await Eventually.HoldsAsync(async () => (await right.GetAsync("api/v1/contacts", Ct)).StatusCode is HttpStatusCode.OK, Ct);
    }

    [Fact]
    public async Task An_operators_key_opens_from_its_networks_alone_and_the_list_shows_them()
    {
        const string tenants = "api/v1/installation/tenants";
        using var here = ClientWith((await host.RunAsync("operator", "key-create", "here", "--networks", "127.0.0.0/8")).Output.Trim());
        using var away = ClientWith((await host.RunAsync("operator", "key-create", "away", "--networks", "192.0.2.0/24,2001:db8::/48")).Output.Trim());

        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync(tenants, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await away.GetAsync(tenants, Ct)).StatusCode);
        Assert.Contains("192.0.2.0/24 2001:db8::/48", (await host.RunAsync("operator", "key-list")).Output, StringComparison.Ordinal);
        Assert.Contains("is no network", (await host.RunAsync("operator", "key-create", "bad", "--networks", "office")).Error, StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => await host.System.FindAsync<long>("select count(*) from compliance.audit where refused and actor_kind = 'operator-key' and subject = 'network'", null, Ct) == 1, Ct);
    }

    private async Task DoorsAsync(Visitor session, Made tenant, bool isOpen)
    {
        using var rest = ClientWith(tenant.Key);
        using var dav = host.NewClient();
        dav.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("key:" + tenant.Key)));
        await Eventually.HoldsAsync(async () => await session.GetAsync("/settings/tenant") is { Status: var status } && status is HttpStatusCode.OK == isOpen, Ct);
        await Eventually.HoldsAsync(async () => (await rest.GetAsync("api/v1/contacts", Ct)).StatusCode is HttpStatusCode.OK == isOpen, Ct);
        await Eventually.HoldsAsync(async () =>
        {
            using var request = new HttpRequestMessage(new HttpMethod("PROPFIND"), $"dav/{tenant.Slug}/import/") { Headers = { { "Depth", "0" } } };
            return (await dav.SendAsync(request, Ct)).StatusCode is HttpStatusCode.MultiStatus == isOpen;
        }, Ct);
        Assert.Equal(isOpen, (await host.Services.GetRequiredService<ITenantDirectory>().ActiveAsync(Ct)).Contains(tenant.Id));   // what the queue, imports and campaigns ask
    }

    private HttpClient ClientWith(string key)
    {
        var client = host.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private async Task<Made> NewTenantAsync(string slug)
    {
        var made = JsonDocument.Parse((await host.RunAsync("tenant", "create", slug, "--json")).Output).RootElement;
        return new(TenantId.Parse(made.GetProperty("tenant").GetProperty("id").GetString()!, null), slug, made.GetProperty("administrator").GetProperty("password").GetString()!, made.GetProperty("apiKey").GetString()!);
    }

    private sealed record Made(TenantId Id, string Slug, string Password, string Key);
}
