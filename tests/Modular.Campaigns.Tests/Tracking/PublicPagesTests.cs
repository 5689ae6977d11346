using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Modular.Campaigns.Analysis;
using Modular.Campaigns.Composing;
using Modular.Campaigns.Drafting;
using Modular.Campaigns.Sending;
using Modular.Campaigns.Tracking;
using Modular.Delivery;
using Modular.Testing;

namespace Modular.Campaigns.Tests.Tracking;

/// <summary>A tenant with one contact and one campaign that was frozen and queued for them, in the real host.</summary>
public sealed class SentCampaign(PostgresFixture postgres) : TestHost(postgres)
{
    public TenantId Tenant { get; private set; }

    public string Key { get; private set; } = "";

    public string Password { get; private set; } = "";

    public long CampaignId { get; private set; }

    public long RevisionId { get; private set; }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var made = JsonDocument.Parse((await RunAsync("tenant", "create", "acme", "--name", "Acme Garden", "--json")).Output).RootElement;
        Tenant = TenantId.Parse(made.GetProperty("tenant").GetProperty("id").GetString()!, null); // just made
        Key = made.GetProperty("apiKey").GetString()!;
        Password = made.GetProperty("administrator").GetProperty("password").GetString()!;
        const string Html = "<p>Hi {{first_name}} <a href=\"https://shop.example/?n={{first_name}}\">one</a> <a href=\"https://shop.example/two\">two</a> <a href=\"{{unsubscribe_url}}\">out</a></p>";
        var ct = TestContext.Current.CancellationToken;
        var draft = (await Services.GetRequiredService<CampaignDrafts>().CreateAsync(Reach.Whole(Tenant), new DraftChange("Spring", "Hi", "Acme", "news@acme.example", Html: Html), "user:ann", ct)).Value;
        CampaignId = draft.CampaignId;
        await using (var transaction = await Tenants.BeginAsync(Tenant, ct))
        {
            var content = CompiledContent.Compile(new Content(draft.Subject, draft.Html, draft.Text), TemplateFields.Any);
            RevisionId = await Revisions.FreezeAsync(transaction, draft, content, draft.CreatedAt, ct);
            await transaction.RunAsync("update campaign set state = 'sending', revision_id = @RevisionId, started_at = now()", new { RevisionId }, ct);
            await transaction.CommitAsync(ct);
        }
    }

    /// <summary>A new contact who got the mail.</summary>
    public async Task<(long RecipientId, EmailIndex Email)> RecipientAsync(string name)
    {
        var ct = TestContext.Current.CancellationToken;
        using var client = Api();
        using var made = await client.PostAsJsonAsync("api/v1/contacts", new { email = $"{Guid.NewGuid():N}@example.com", fields = new { first_name = name } }, ct);
        var contact = JsonDocument.Parse(await made.Content.ReadAsStringAsync(ct)).RootElement;
        var (contactId, email) = (contact.GetProperty("id").GetInt64(), EmailAddress.Parse(contact.GetProperty("email").GetString()!)); // made a line ago
        var index = Services.GetRequiredService<ISealer>().Index(Tenant, email);
        var deliveries = Services.GetRequiredService<IDeliveries>();
        await deliveries.QueueAsync(Tenant, CampaignId, [new Handover(contactId, index, "example.com", null)], ct);
        return ((await deliveries.OfContactAsync(Tenant, contactId, 1, ct))[0].RecipientId, index);
    }

    internal string Token(LinkKind kind, long recipientId, ushort link = 0, bool isTest = false) =>
        new LinkToken(kind, isTest, Tenant, RevisionId, recipientId, link).ToText(Services.GetRequiredService<ISealer>());

    internal async Task<CampaignFigures> FiguresAsync()
    {
        await DrainOutboxAsync();
        await Services.GetRequiredService<HitFolding>().FoldAsync(Tenant, TestContext.Current.CancellationToken);
        return await Services.GetRequiredService<CampaignAnalysis>().OfAsync(Tenant, CampaignId, TestContext.Current.CancellationToken);
    }

    public HttpClient Api()
    {
        var client = NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return client;
    }

    public HttpClient Person()
    {
        var client = NewClient();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0");
        return client;
    }
}

public sealed class PublicPagesTests(SentCampaign host) : IClassFixture<SentCampaign>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_pixel_is_43_bytes_that_nobody_caches_and_counts_one_opening()
    {
        var (recipient, _) = await host.RecipientAsync("Ann");
        var before = await host.FiguresAsync();
        using var person = host.Person();

        for (var i = 0; i < 3; i++)
        {
            using var answer = await person.GetAsync($"o/{host.Token(LinkKind.Open, recipient)}.gif", Ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("image/gif", answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal(43, (await answer.Content.ReadAsByteArrayAsync(Ct)).Length);
            Assert.True(answer.Headers.CacheControl is { NoStore: true, Private: true });
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }

        var after = await host.FiguresAsync();
        Assert.Equal(before.Opens.People + 1, after.Opens.People);
        Assert.Equal(before.Opens.ByPeople + 3, after.Opens.ByPeople);
    }

    [Fact]
    public async Task A_click_goes_to_the_frozen_address_with_the_recipients_own_values()
    {
        var (recipient, _) = await host.RecipientAsync("Jürgen & Co");
        using var person = host.Person();

        using var first = await person.GetAsync($"c/{host.Token(LinkKind.Click, recipient, 1)}", Ct);
        using var second = await person.GetAsync($"c/{host.Token(LinkKind.Click, recipient, 2)}?u=https://evil.example/", Ct);

        Assert.Equal(HttpStatusCode.Found, first.StatusCode);
        Assert.Equal("https://shop.example/?n=J%C3%BCrgen%20%26%20Co", first.Headers.GetValues("Location").Single());
        Assert.Equal("https://shop.example/two", second.Headers.GetValues("Location").Single());
        var links = await host.Services.GetRequiredService<CampaignAnalysis>().LinksAsync(host.Tenant, host.CampaignId, Ct);
        Assert.Equal(["https://shop.example/?n={{first_name}}", "https://shop.example/two"], links.Select(l => l.Target));
    }

    [Fact]
    public async Task A_changed_link_leads_nowhere()
    {
        var (recipient, _) = await host.RecipientAsync("Ann");
        var token = host.Token(LinkKind.Click, recipient, 1);
        using var person = host.Person();
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            using var answer = await person.GetAsync($"c/{new string(changed)}", Ct);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Null(answer.Headers.Location);
        }
        using var beyond = await person.GetAsync($"c/{host.Token(LinkKind.Click, recipient, 3)}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, beyond.StatusCode);
    }

    [Fact]
    public async Task Machines_are_counted_apart_and_answered_alike()
    {
        var (recipient, _) = await host.RecipientAsync("Ann");
        var before = await host.FiguresAsync();
        using var machine = host.NewClient();
        machine.DefaultRequestHeaders.UserAgent.ParseAdd("Barracuda-Scanner/1.0");

        using var click = await machine.GetAsync($"c/{host.Token(LinkKind.Click, recipient, 2)}", Ct);
        using var head = await machine.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"o/{host.Token(LinkKind.Open, recipient)}.gif"), Ct);

        Assert.Equal(HttpStatusCode.Found, click.StatusCode);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        var after = await host.FiguresAsync();
        Assert.Equal(before.Clicks with { Machines = before.Clicks.Machines + 1, ByMachines = before.Clicks.ByMachines + 1 }, after.Clicks);
        Assert.Equal(before.Opens with { Machines = before.Opens.Machines + 1, ByMachines = before.Opens.ByMachines + 1 }, after.Opens);
    }

    [Fact]
    public async Task A_test_mails_links_work_and_count_nowhere()
    {
        var before = await host.FiguresAsync();
        using var person = host.Person();

        using var open = await person.GetAsync($"o/{host.Token(LinkKind.Open, 1, isTest: true)}.gif", Ct);
        using var click = await person.GetAsync($"c/{host.Token(LinkKind.Click, 1, 2, isTest: true)}", Ct);

        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        Assert.Equal(HttpStatusCode.Found, click.StatusCode);
        Assert.Equal(before, await host.FiguresAsync());
    }

    [Fact]
    public async Task Looking_at_the_unsubscribe_page_unsubscribes_nobody()
    {
        var (recipient, email) = await host.RecipientAsync("Ann");
        using var scanner = host.NewClient();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Get })
        {
            using var answer = await scanner.SendAsync(new HttpRequestMessage(method, $"u/{host.Token(LinkKind.Unsubscribe, recipient)}"), Ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            if (method == HttpMethod.Get) Assert.Contains("<button", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }
        Assert.Empty(await SuppressedAsync(email));
    }

    [Theory]
    [InlineData("urlencoded")]
    [InlineData("multipart")]
    public async Task One_click_unsubscribes_with_an_empty_answer(string form)
    {
        var (recipient, email) = await host.RecipientAsync("Ann");
        var before = await host.FiguresAsync();
        using var program = host.NewClient();
        using HttpContent body = form == "multipart"
            ? new MultipartFormDataContent { { new StringContent("One-Click"), "List-Unsubscribe" } }
            : new StringContent("List-Unsubscribe=One-Click", Encoding.ASCII, "application/x-www-form-urlencoded");

        using var answer = await program.PostAsync($"u/{host.Token(LinkKind.Unsubscribe, recipient)}", body, Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Ct));
        var entry = Assert.Single(await SuppressedAsync(email)).Value;
        Assert.Equal(Compliance.SuppressionReason.Unsubscribed, entry.Reason);
        Assert.Equal(before.Unsubscribes + 1, (await host.FiguresAsync()).Unsubscribes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("List-Unsubscribe=Two-Click")]
    [InlineData("confirm=no")]
    public async Task Any_other_post_is_refused(string body)
    {
        var (recipient, email) = await host.RecipientAsync("Ann");
        using var program = host.NewClient();

        using var answer = await program.PostAsync($"u/{host.Token(LinkKind.Unsubscribe, recipient)}", new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded"), Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(await SuppressedAsync(email));
    }

    [Theory]
    [InlineData("u", "confirm=yes")]
    [InlineData("p", "choice=leave")]
    public async Task The_button_unsubscribes_and_thanks(string page, string body)
    {
        var (recipient, email) = await host.RecipientAsync("Ann");
        using var person = host.Person();

        using var answer = await person.PostAsync($"{page}/{host.Token(page == "u" ? LinkKind.Unsubscribe : LinkKind.Preferences, recipient)}", new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded"), Ct);

        Assert.Contains("You are unsubscribed", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Single(await SuppressedAsync(email));
    }

    [Fact]
    public async Task Staying_changes_nothing()
    {
        var (recipient, email) = await host.RecipientAsync("Ann");
        using var person = host.Person();

        using var answer = await person.PostAsync($"p/{host.Token(LinkKind.Preferences, recipient)}", new StringContent("choice=stay", Encoding.ASCII, "application/x-www-form-urlencoded"), Ct);

        Assert.Contains("Nothing changes", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Empty(await SuppressedAsync(email));
    }

    [Fact]
    public async Task The_mail_in_a_browser_runs_nothing()
    {
        var (recipient, _) = await host.RecipientAsync("Ann <script>");
        using var person = host.Person();

        using var answer = await person.GetAsync($"v/{host.Token(LinkKind.View, recipient)}", Ct);

        Assert.StartsWith("<p>Hi Ann &lt;script&gt; <a href=\"", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("sandbox ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-scripts", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-same-origin", policy, StringComparison.Ordinal);
    }

    private Task<IReadOnlyDictionary<EmailIndex, Compliance.Suppression>> SuppressedAsync(EmailIndex email) =>
        host.Services.GetRequiredService<Compliance.ISuppressionList>().FindAsync(host.Tenant, [email], Ct);
}
