using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Modular.Campaigns.Tests.Tracking;

namespace Modular.Campaigns.Tests.Drafting;

public sealed partial class RestTests(SentCampaign host) : IClassFixture<SentCampaign>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_campaign_is_written_changed_checked_and_deleted()
    {
        using var api = host.Api();

        using var made = await api.PostAsJsonAsync("api/v1/campaigns", new { name = "Autumn", subject = "Hi", html = "<p>{{frist_name}}</p>" }, Ct);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var id = (await ReadAsync(made)).GetProperty("id").GetInt64();

        using var changed = await api.PatchAsJsonAsync($"api/v1/campaigns/{id}", new { subject = "Hello" }, Ct);
        Assert.Equal("Hello", (await ReadAsync(changed)).GetProperty("subject").GetString());

        using var looked = await api.GetAsync($"api/v1/campaigns/{id}/check", Ct);
        var check = await ReadAsync(looked);
        Assert.False(check.GetProperty("isReady").GetBoolean());
        Assert.Contains("HTML, line 1, column 6: there is no field 'frist_name'. Did you mean 'first_name'?", check.GetProperty("findings").ToString(), StringComparison.Ordinal);

        using var refused = await api.PostAsync($"api/v1/campaigns/{id}/send", null, Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal("urn:modular:fault:draft-not-ready", (await ReadAsync(refused)).GetProperty("type").GetString());

        using var gone = await api.DeleteAsync($"api/v1/campaigns/{id}", Ct);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var missing = await api.GetAsync($"api/v1/campaigns/{id}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Theory]
    [InlineData("{}", "name")]
    [InlineData("{\"name\":\" \"}", "name")]
    [InlineData("{\"name\":\"x\",\"fromAddress\":\"nobody\"}", "fromAddress")]
    [InlineData("{\"name\":\"x\",\"replyTo\":\"a@b\"}", "replyTo")]
    [InlineData("{\"name\":\"x\",\"fromName\":\"Acme\\r\\nBcc: all\"}", "fromName")]
    public async Task A_bad_draft_is_refused_at_its_field(string json, string field)
    {
        using var api = host.Api();
        using var refused = await api.PostAsync("api/v1/campaigns", new StringContent(json, System.Text.Encoding.UTF8, "application/json"), Ct);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(field, (await ReadAsync(refused)).GetProperty("field").GetString());
    }

    [Fact]
    public async Task What_was_sent_cannot_be_changed()
    {
        using var api = host.Api();
        using var refused = await api.PatchAsJsonAsync($"api/v1/campaigns/{host.CampaignId}", new { subject = "Other" }, Ct);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    [Fact]
    public async Task The_analysis_sums_up_to_the_audience()
    {
        await host.RecipientAsync("Ann");
        await host.RecipientAsync("Bob");
        using var api = host.Api();

        using var answer = await api.GetAsync($"api/v1/campaigns/{host.CampaignId}/analysis", Ct);
        var audience = (await ReadAsync(answer)).GetProperty("audience");
        using var ledger = await api.GetAsync($"api/v1/campaigns/{host.CampaignId}/recipients?limit=1000", Ct);

        Assert.Equal(audience.GetProperty("total").GetInt64(), audience.EnumerateObject().Where(p => p.Name != "total").Sum(p => p.Value.GetInt64()));
        Assert.Equal(audience.GetProperty("total").GetInt32(), (await ReadAsync(ledger)).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Lists_are_read_page_by_page()
    {
        using var api = host.Api();
        for (var i = 0; i < 3; i++) (await api.PostAsJsonAsync("api/v1/campaigns", new { name = $"Paged {i}" }, Ct)).Dispose();

        using var first = await api.GetAsync("api/v1/campaigns?state=draft&limit=2", Ct);
        var page = await ReadAsync(first);
        using var second = await api.GetAsync($"api/v1/campaigns?state=draft&limit=2&cursor={page.GetProperty("next").GetString()}", Ct);

        var seen = page.GetProperty("items").EnumerateArray().Concat((await ReadAsync(second)).GetProperty("items").EnumerateArray()).Select(c => c.GetProperty("id").GetInt64()).ToList();
        Assert.True(seen.Count >= 3);
        Assert.Equal(seen.Distinct().OrderDescending(), seen);
        using var bad = await api.GetAsync("api/v1/campaigns?cursor=x", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        using var unknown = await api.GetAsync("api/v1/campaigns?state=flying", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Fact]
    public async Task Templates_have_names_of_their_own()
    {
        using var api = host.Api();
        using var made = await api.PostAsJsonAsync("api/v1/templates", new { name = "Letter", html = "<p>x</p>" }, Ct);
        using var again = await api.PostAsJsonAsync("api/v1/templates", new { name = "LETTER" }, Ct);

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task The_command_line_shows_what_rest_shows()
    {
        var shown = await host.RunAsync("campaign", "show", "acme", host.CampaignId.ToString(null, null), "--json");
        Assert.Equal(0, shown.Status);
        Assert.Equal(host.CampaignId, JsonDocument.Parse(shown.Output).RootElement.GetProperty("campaignId").GetInt64());
        Assert.Contains("Spring", (await host.RunAsync("campaign", "list", "acme")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await host.RunAsync("campaign", "show", "acme", "1")).Status);
        Assert.Equal(2, (await host.RunAsync("campaign", "show")).Status);
    }

    /// <summary>Every page of this module answers a signed-in administrator.</summary>
    [Fact]
    public async Task Every_page_of_the_console_shows()
    {
        await host.RecipientAsync("Ann");
        using var api = host.Api();
        using var made = await api.PostAsJsonAsync("api/v1/campaigns", new { name = "A draft to look at", html = "<p>Hi {{first_name}}</p>" }, Ct);
        var draft = (await ReadAsync(made)).GetProperty("id").GetInt64();
        using var console = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = true }) { BaseAddress = host.Url };
        var form = await console.GetStringAsync("sign-in", Ct);
        using var signedIn = await console.PostAsync("sign-in", new FormUrlEncodedContent(
        [
            new("Input.Address", "admin@acme.localhost"), new("Input.Password", host.Password), new("__RequestVerificationToken", Token().Match(form).Groups[1].Value),
        ]), Ct);
        using var accepted = await console.PostAsync("agreement", new FormUrlEncodedContent(
        [
            new("version", "1"), new("__RequestVerificationToken", Token().Match(await signedIn.Content.ReadAsStringAsync(Ct)).Groups[1].Value),
        ]), Ct);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);

        var sent = host.CampaignId;
        string[] pages =
        [
            "campaigns", "campaigns?state=draft&q=look", "campaigns/new", "templates", "templates/edit", $"campaigns/{draft}", $"campaigns/{draft}?handler=Preview", $"campaigns/{draft}/audience",
            $"campaigns/{draft}/sending", $"campaigns/{sent}", $"campaigns/{sent}/audience", $"campaigns/{sent}/sending", $"campaigns/{sent}/analysis", $"campaigns/{sent}/recipients",
            $"campaigns/{sent}/recipients?state=queued", $"campaigns/{sent}/cancel",
        ];
        foreach (var page in pages)
        {
            using var answer = await console.GetAsync(page, Ct);
            Assert.True(answer.IsSuccessStatusCode, $"{page} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Ct)}");
        }
        Assert.Contains("Hi Ann", await console.GetStringAsync($"campaigns/{draft}?handler=Preview", Ct), StringComparison.Ordinal);
        using var nobody = host.NewClient();
        using var closed = await nobody.GetAsync("campaigns", Ct);
        Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement;

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
