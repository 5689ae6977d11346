using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Modular.Browser.Tests.Console;

namespace Modular.Browser.Tests;

/// <summary>What a marketer does on the first day, by mouse and keyboard alone: bring people in, write to them, watch it go, read what came of it.</summary>
[Collection(InTheConsole.Name)]
public sealed class CampaignRunTests(ConsoleFixture console)
{
    private const int People = 300;
    private const int Bouncing = 20;
    private const int Opening = 60;

    /// <summary>For steps whose work the suite does in the background, on a machine that does other things too.</summary>
    private const float Patience = 120_000;

    [Fact]
    public async Task A_campaign_is_written_sent_watched_and_its_figures_sum_to_the_audience()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var visit = await console.VisitAsync();
        using var domain = await console.Api.PostAsJsonAsync("/api/v1/sending-domains", new { domain = "news.acme.example" }, ct);
        domain.EnsureSuccessStatusCode();

        var import = await ImportAsync(visit);
        var campaign = await WriteAsync(visit);
        await SendAsync(visit);
        await ReadFiguresAsync(visit, campaign);
        var contact = await ReadLedgerAsync(visit, campaign);
        string[] paths = ["/", "/campaigns", campaign, campaign + "/audience", campaign + "/sending", campaign + "/analysis", campaign + "/recipients", "/contacts", contact, "/contacts/imports", import, "/suppressions"];
        await LookAgainAsync("dark", 390, paths);
        await LookAgainAsync("light", 1200, paths);
    }

    [Fact]
    public async Task New_keys_of_a_domain_are_made_and_not_switched_to_before_dns_has_them()
    {
        const string domain = "keys.acme.example";
        using var made = await console.Api.PostAsJsonAsync("/api/v1/sending-domains", new { domain }, TestContext.Current.CancellationToken);
        made.EnsureSuccessStatusCode();
        await using var visit = await console.VisitAsync();
        await visit.GoAsync("/delivery/domains");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = domain, Exact = true }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Make new keys" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "To sign next" })).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Check DNS and switch" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("Nothing has changed")).ToBeVisibleAsync(new() { Timeout = Patience });
        await visit.PictureAsync("domain-not-switched");
        Assert.Empty(await visit.FaultsAsync());
        await LookAgainAsync("dark", 390, ["/delivery/domains", "/delivery/domains/" + domain]);
        await LookAgainAsync("light", 1200, ["/delivery/domains", "/delivery/domains/" + domain]);
    }

    /// <summary>The pages once more, now that they hold something, on other screens.</summary>
    private async Task LookAgainAsync(string theme, int width, string[] paths)
    {
        await using var visit = await console.VisitAsync(theme: theme, width: width);
        foreach (var path in paths)
        {
            await visit.GoAsync(path);
            await visit.PictureAsync($"full{path.Replace('/', '-')}-{width}-{theme}");
            Assert.True(await visit.FaultsAsync() is [], $"{path} at {width} px, {theme}: {string.Join("; ", await visit.FaultsAsync())}");
        }
    }

    /// <returns>The import's path.</returns>
    private static async Task<string> ImportAsync(Visit visit)
    {
        await visit.GoAsync("/contacts/imports/new");
        await visit.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "people.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(Csv()) });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Import" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".page-head .badge")).ToHaveTextAsync("Finished", new() { Timeout = Patience });
        Assert.Equal(People, await TileAsync(visit, "Added"));
        await visit.PictureAsync("import");
        Assert.Empty(await visit.FaultsAsync());
        return new Uri(visit.Page.Url).AbsolutePath;
    }

    /// <returns>The campaign's path.</returns>
    private static async Task<string> WriteAsync(Visit visit)
    {
        await visit.GoAsync("/campaigns/new");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("November newsletter");
        await visit.Page.GetByLabel("Subject").FillAsync("Your November");
        await visit.Page.GetByLabel("Sender's name").FillAsync("Acme Outdoor");
        await visit.Page.GetByLabel("Sender's address").FillAsync("letter@news.acme.example");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();

        await visit.Page.GetByLabel("HTML").FillAsync("""
            <p>Hello {{first_name fallback="friend"}},</p><p><a href="https://acme.example/boots">Winter boots</a> are here.</p>
            <p><a href="{{unsubscribe_url}}">Unsubscribe</a></p>
            """);
        await visit.Page.RunAndWaitForResponseAsync(() => visit.Page.Keyboard.PressAsync("Control+s"), answer => answer.Request.Method == "POST");   // the page before it has the same heading
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "November newsletter" })).ToBeVisibleAsync();
        await visit.PictureAsync("campaign-content");
        Assert.Empty(await visit.FaultsAsync());
        return new Uri(visit.Page.Url).AbsolutePath;
    }

    private static async Task SendAsync(Visit visit)
    {
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Check and send" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Send now" }).ClickAsync();
        await visit.PictureAsync("campaign-sending");
        // Nobody reloads: the page itself has to tell.
        await Assertions.Expect(visit.Page.Locator(".page-head .badge")).ToHaveTextAsync("Sent", new() { Timeout = Patience });
        Assert.Equal(People, await NumberAsync(visit.Page.Locator(".share-bar figcaption b")));
        Assert.Empty(await visit.FaultsAsync());
    }

    private async Task ReadFiguresAsync(Visit visit, string campaign)
    {
        await visit.GoAsync(campaign + "/analysis");
        await Assertions.Expect(visit.Page.Locator(".tile", new() { HasText = "Opened by people" }).Locator(".figure")).ToHaveTextAsync("60", new() { Timeout = Patience });

        var parts = await visit.Page.Locator(".share-bar li .num:not(.percent)").AllInnerTextsAsync();
        Assert.Equal(People, parts.Sum(Number));
        Assert.Equal(People - Bouncing, await TileAsync(visit, "Delivered"));
        Assert.Equal(Bouncing, await TileAsync(visit, "Bounced"));
        Assert.Equal(Opening, await TileAsync(visit, "Opened by people"));

        var told = await console.Api.GetFromJsonAsync<JsonElement>("/api/v1" + campaign + "/analysis", TestContext.Current.CancellationToken);
        Assert.Equal(People - Bouncing, told.GetProperty("audience").GetProperty("delivered").GetInt64());

        await Assertions.Expect(visit.Page.Locator(".plot canvas")).ToBeVisibleAsync();
        await visit.PictureAsync("campaign-analysis");
        Assert.Empty(await visit.FaultsAsync());
    }

    /// <returns>A bounced contact's path.</returns>
    private static async Task<string> ReadLedgerAsync(Visit visit, string campaign)
    {
        await visit.GoAsync(campaign + "/recipients");
        await visit.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Bounced") }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("table.data tbody tr")).ToHaveCountAsync(Bouncing);
        await Assertions.Expect(visit.Page.Locator("table.data tbody tr").First).ToContainTextAsync("5.1.1");
        await visit.PictureAsync("campaign-recipients");
        Assert.Empty(await visit.FaultsAsync());

        await visit.Page.Locator("table.data tbody a").First.ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".timeline")).ToContainTextAsync("5.1.1");
        await visit.PictureAsync("contact");
        Assert.Empty(await visit.FaultsAsync());
        return new Uri(visit.Page.Url).AbsolutePath;
    }

    private static string Csv()
    {
        var csv = new StringBuilder("email,first_name,last_name\r\n");
        for (var i = 0; i < People; i++)
        {
            var fate = i < Bouncing ? "+bounce-5.1.1" : i < Bouncing + Opening ? "+open" : "";
            csv.Append(CultureInfo.InvariantCulture, $"reader{i}{fate}@sink.test,Zoë {i},\"Müller, Dr.\"\r\n");
        }
        return csv.ToString();
    }

    private static Task<long> TileAsync(Visit visit, string label) =>
        NumberAsync(visit.Page.Locator(".tile").Filter(new() { Has = visit.Page.GetByText(label, new() { Exact = true }) }).Locator(".figure"));

    private static async Task<long> NumberAsync(ILocator where) => Number(await where.InnerTextAsync());

    private static long Number(string said) => long.Parse(said, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
