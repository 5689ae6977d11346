using System.Text;
using System.Text.Json.Nodes;
using Modular.EndToEnd.Tests.Loop;
using Modular.Testing;

namespace Modular.EndToEnd.Tests.t05_attack;

/// <summary>The whole suite with two tenants: acme, where everything that can bear a name bears <see cref="Mark"/>, and globex, who wants it.</summary>
public sealed class TwoTenantsHost(PostgresFixture postgres) : TestHost(postgres)
{
    public const string Mark = "zqxacme", Owner = "owner@globex.example";

    private static readonly string[] Lists = ["contacts", "lists", "segments", "fields", "imports", "templates", "campaigns", "suppressions", "sending-domains", "audit"];

    internal RestClient Acme { get; private set; } = null!; // InitializeAsync sets them

    internal RestClient Globex { get; private set; } = null!;

    internal Visitor Thief { get; private set; } = null!;

    internal string Password { get; private set; } = "";

    /// <summary>Everything by which something of acme's can be named in a URL.</summary>
    internal IReadOnlyList<string> Ids { get; private set; } = [];

    internal long AcmeList { get; private set; }

    internal long AcmeSegment { get; private set; }

    internal IReadOnlyList<long> AcmeContacts { get; private set; } = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Acme = new RestClient(Url, "acme", (string)(await CreateAsync("acme", "owner@acme.example"))["apiKey"]!);
        var globex = await CreateAsync("globex", Owner);
        Globex = new RestClient(Url, "globex", (string)globex["apiKey"]!);
        Password = (string)globex["administrator"]!["password"]!;
        await FillAsync();
        Thief = new Visitor(this);
        await Thief.SignInAsync(Owner, Password);
    }

    /// <summary>What acme sees of its own, but for the trail, which grows.</summary>
    internal async Task<string> AcmeStateAsync()
    {
        var state = new StringBuilder();
        foreach (var list in Lists.Where(list => list is not "audit")) state.Append(list).Append(": ").AppendLine((await Acme.GetAsync(list)).ToJsonString());
        return state.ToString();
    }

    public override async ValueTask DisposeAsync()
    {
        Thief?.Dispose();
        Acme?.Dispose();
        Globex?.Dispose();
        await base.DisposeAsync();
    }

    private async Task<JsonNode> CreateAsync(string slug, string administrator)
    {
        var made = await RunAsync("tenant", "create", slug, "--admin", administrator, "--json");
        Assert.True(made.Status == 0, made.Error);
        return JsonNode.Parse(made.Output)!; // it was asked for JSON
    }

    private async Task FillAsync()
    {
        await Acme.PostAsync("sending-domains", new { domain = "news.acme.example" });
        await Acme.PostAsync("fields", new { name = Mark + "_field", label = Mark, type = "text" });
        await Acme.ImportAsync($"{Mark}.csv", Encoding.UTF8.GetBytes($"email,first_name,last_name\r\nann@{Mark}.example,{Mark},A\r\nbob@{Mark}.example,{Mark},B\r\n"));
        AcmeContacts = [.. (await Acme.AllAsync("contacts")).Select(contact => (long)contact["id"]!)];
        AcmeList = (long)(await Acme.PostAsync("lists", new { name = Mark }))["id"]!;
        await Acme.PostAsync($"lists/{AcmeList}/contacts", new { contactIds = AcmeContacts });
        AcmeSegment = (long)(await Acme.PostAsync("segments", new { name = Mark, definition = new { list = AcmeList } }))["id"]!;
        await Acme.PostAsync("templates", new { name = Mark, subject = Mark, html = $"<p>{Mark}</p>" });
        await Acme.PostAsync("suppressions", new { emails = new[] { $"gone@{Mark}.example" }, source = Mark });
        var campaign = await Acme.SendAsync(Mark);
        await Acme.SentAsync(campaign, analysis => (string?)analysis["state"] == "sent");
        var ids = new SortedSet<string>(StringComparer.Ordinal) { "news.acme.example", Mark + "_field", "acme" };
        foreach (var list in Lists) ids.UnionWith((await Acme.AllAsync(list)).Select(item => item["id"]?.ToString()).OfType<string>());
        ids.UnionWith((await Acme.AllAsync($"campaigns/{campaign}/recipients")).Select(item => (item["id"] ?? item["recipientId"])!.ToString()));
        ids.UnionWith((await Acme.AllAsync("capture/messages")).Select(item => item["id"]!.ToString()));
        Ids = [.. ids];
    }
}
