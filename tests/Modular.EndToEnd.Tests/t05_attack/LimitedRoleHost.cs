using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Modular.EndToEnd.Tests.Loop;
using Modular.Tenancy;
using Modular.Testing;

namespace Modular.EndToEnd.Tests.t05_attack;

/// <summary>The whole suite with one tenant and two people: its owner, and somebody whose role reaches one list and one sending domain. What is out of reach bears <see cref="Mark"/>.</summary>
public sealed class LimitedRoleHost(PostgresFixture postgres) : TestHost(postgres)
{
    public const string Mark = "zqxother", Person = "pat@acme.example", Role = "Press office", OwnDomain = "press.acme.example", OwnAddress = "pia@reader.example";

    private const string Html = "<p>Dear {{first_name fallback=\"friend\"}}, <a href=\"{{unsubscribe_url}}\">leave</a>.</p>";

    private static readonly string[] Kept = ["contacts", "lists", "segments", "fields", "imports", "campaigns", "suppressions", "sending-domains"];

    internal RestClient Owner { get; private set; } = null!; // InitializeAsync sets them

    internal Visitor OwnerVisit { get; private set; } = null!;

    internal Visitor Limited { get; private set; } = null!;

    internal string Password { get; private set; } = "";

    /// <summary>As the sign-in makes it of the person's role: for REST, where people have no session.</summary>
    internal Caller Caller { get; private set; } = null!;

    internal long OwnList { get; private set; }

    internal long OtherList { get; private set; }

    internal long OwnContact { get; private set; }

    /// <summary>Everything out of reach by which something can be named in a URL.</summary>
    internal IReadOnlyList<string> Ids { get; private set; } = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var made = JsonNode.Parse(await CommandAsync("tenant", "create", "acme", "--admin", "owner@acme.example", "--json"))!; // it was asked for JSON
        Owner = new RestClient(Url, "acme", (string)made["apiKey"]!);
        await FillAsync();
        OwnerVisit = new Visitor(this);
        await OwnerVisit.SignInAsync("owner@acme.example", (string)made["administrator"]!["password"]!);
        await MakeRoleAsync();
        Password = (string)JsonNode.Parse(await CommandAsync("user", "create", Person, "--tenant", "acme", "--role", Role, "--json"))!["password"]!;
        Limited = new Visitor(this);
        await Limited.SignInAsync(Person, Password);
        var acme = await Services.GetRequiredService<ITenants>().FindAsync("acme", TestContext.Current.CancellationToken);
        Caller = new Caller(acme!.Id, "acme", "Acme", "user:" + Person, Permissions.Narrowable) { Limits = new Limits(new HashSet<long> { OwnList }, new HashSet<string> { OwnDomain }) };   // made above
    }

    /// <summary>What the owner sees, but for the trail, which grows.</summary>
    internal async Task<string> StateAsync()
    {
        var state = new StringBuilder();
        foreach (var list in Kept) state.Append(list).Append(": ").AppendLine((await Owner.GetAsync(list)).ToJsonString());
        return state.ToString();
    }

    public override async ValueTask DisposeAsync()
    {
        OwnerVisit?.Dispose();
        Limited?.Dispose();
        Owner?.Dispose();
        await base.DisposeAsync();
    }

    private async Task<string> CommandAsync(params string[] words)
    {
        var done = await RunAsync(words);
        Assert.True(done.Status == 0, done.Error);
        return done.Output;
    }

    private async Task FillAsync()
    {
        foreach (var domain in new[] { "news.acme.example", $"{Mark}.example", OwnDomain }) await Owner.PostAsync("sending-domains", new { domain });
        OtherList = (long)(await Owner.PostAsync("lists", new { name = Mark }))["id"]!;
        OwnList = (long)(await Owner.PostAsync("lists", new { name = "Press" }))["id"]!;
        await Owner.ImportAsync($"{Mark}.csv", Encoding.UTF8.GetBytes($"email,first_name,last_name\r\nann@{Mark}.example,{Mark},A\r\nbob@{Mark}.example,{Mark},B\r\nbroken {Mark},x,y\r\n"));
        var others = (await Owner.AllAsync("contacts")).Select(contact => (long)contact["id"]!).ToList();
        await Owner.PostAsync($"lists/{OtherList}/contacts", new { contactIds = new[] { others[0] } });   // the second is on no list at all
        OwnContact = (long)(await Owner.PostAsync("contacts", new { email = OwnAddress, fields = new { first_name = "Pia" }, lists = new[] { OwnList } }))["id"]!;
        await Owner.PostAsync("segments", new { name = "Readers", definition = new { or = new object[] { new { domain = "reader.example" }, new { domain = $"{Mark}.example" } } } });
        await Owner.PostAsync("suppressions", new { emails = new[] { $"gone@{Mark}.example" }, source = Mark });
        var draft = (long)(await Owner.PostAsync("campaigns", new { name = Mark + " draft", subject = Mark, fromAddress = "letter@news.acme.example", html = Html }))["id"]!;
        var sent = await Owner.SendAsync(Mark);
        await Owner.SentAsync(sent, analysis => (string?)analysis["state"] == "sent");

        var ids = new SortedSet<string>(StringComparer.Ordinal) { "news.acme.example", $"{Mark}.example", OtherList.ToString(CultureInfo.InvariantCulture), draft.ToString(CultureInfo.InvariantCulture) };
        ids.UnionWith(others.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        foreach (var list in new[] { "campaigns", "imports", "segments", "suppressions", "capture/messages", $"campaigns/{sent}/recipients" })
            ids.UnionWith((await Owner.AllAsync(list)).Select(item => (item["id"] ?? item["recipientId"])?.ToString()).OfType<string>());
        Ids = [.. ids];
    }

    /// <summary>As the owner does it, on the page.</summary>
    private async Task MakeRoleAsync()
    {
        const string Page = "/settings/roles/edit";
        var offered = (await OwnerVisit.GetAsync(Page)).Body;
        Assert.Contains($"value=\"{OwnList}\"", offered, StringComparison.Ordinal);
        Assert.Contains($"value=\"{OwnDomain}\"", offered, StringComparison.Ordinal);
        (string, string)[] limits = [("NewName", Role), ("Limits.Lists", "true"), ("Limits.ChosenLists", OwnList.ToString(CultureInfo.InvariantCulture)), ("Limits.SendingDomains", "true"), ("Limits.ChosenSendingDomains", OwnDomain)];
        var refused = await OwnerVisit.SubmitAsync(Page, Page, [.. limits, ("Chosen", Permissions.ContactsRead), ("Chosen", Permissions.AuditRead)]);
        Assert.Contains("cannot hold audit.read", refused.Body, StringComparison.Ordinal);
        var made = await OwnerVisit.SubmitAsync(Page, Page, [.. limits, .. Permissions.Narrowable.Select(p => ("Chosen", p))]);
        Assert.Equal("/settings/roles", made.Location);
        var shown = (await OwnerVisit.GetAsync($"{Page}/{Uri.EscapeDataString(Role)}")).Body;
        Assert.Matches($"value=\"{OwnList}\" checked", shown);
        Assert.DoesNotMatch($"value=\"{OtherList}\" checked", shown);
    }
}
