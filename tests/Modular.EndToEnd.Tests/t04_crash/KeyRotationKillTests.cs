using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Modular.EndToEnd.Tests.Loop;

namespace Modular.EndToEnd.Tests.t04_crash;

/// <summary>Whatever dies while keys turn, everything opens afterwards.</summary>
public sealed class KeyRotationKillTests
{
    private const int People = 12_000, Kills = 3, Batch = 500;

    [Fact]
    public async Task A_rotation_goes_on_after_each_kill_9_and_nothing_is_unreadable()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "the private PostgreSQL runs on Linux");
        await using var suite = new ServingProcess();
        await suite.StartAsync();
        var made = JsonNode.Parse(await suite.RunAsync("tenant", "create", "acme", "--json"))!; // an object
        using var rest = new RestClient(suite.Url, "acme", (string)made["apiKey"]!);
        var csv = new StringBuilder("email,first_name\r\n");
        for (var i = 0; i < People; i++) csv.Append(CultureInfo.InvariantCulture, $"person.{i}@town.example,Zoë {i}\r\n");
        await rest.ImportAsync("people.csv", Encoding.UTF8.GetBytes(csv.ToString()));

        await suite.RunAsync("key", "rotate-tenant", "acme");
        var seen = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            seen = await UntilAsync(suite, rotation => (long)rotation["resealed"]! > seen || !IsSealing(rotation));
            await suite.KillAsync();
            await suite.StartAsync();
        }
        Assert.InRange(await UntilAsync(suite, rotation => !IsSealing(rotation)), People - Kills * Batch, long.MaxValue);   // a batch that was stored as it died is not counted

        var names = (await rest.AllAsync("contacts")).Select(contact => (string?)contact["fields"]?["first_name"]).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(People, names.Count);
        Assert.Contains("Zoë 0", names);
    }

    [Fact]
    public async Task A_command_that_dies_as_it_wraps_the_key_files_leaves_every_one_to_be_opened()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "the private PostgreSQL runs on Linux");
        await using var suite = new ServingProcess();
        await suite.StartAsync();
        var keys = new List<(string Slug, string Key)>();
        for (var i = 0; i < 4; i++)
        {
            var slug = string.Create(CultureInfo.InvariantCulture, $"tenant{i}");
            keys.Add((slug, (string)JsonNode.Parse(await suite.RunAsync("tenant", "create", slug, "--json"))!["apiKey"]!)); // an object
        }
        var whole = TimeProvider.System.GetTimestamp();
        await suite.RunAsync("key", "rotate-master");
        var lasts = TimeProvider.System.GetElapsedTime(whole);
        for (var tenth = 3; tenth <= 10; tenth++) await suite.RunAndKillAsync(lasts * tenth / 10, "key", "rotate-master");

        await suite.KillAsync();
        await suite.StartAsync();
        foreach (var (slug, key) in keys)
        {
            using var rest = new RestClient(suite.Url, slug, key);
            await rest.PostAsync("contacts", new { email = "ann@town.example", fields = new { first_name = "Ann" } });
            Assert.Equal("ann@town.example", (string?)Assert.Single(await rest.AllAsync("contacts"))["email"]);
        }
    }

    private static bool IsSealing(JsonNode rotation) => (string?)rotation["phase"] == "sealing";

    /// <returns>How many values have been sealed anew by then.</returns>
    private static async Task<long> UntilAsync(ServingProcess suite, Func<JsonNode, bool> holds)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var rotation = JsonNode.Parse(await suite.RunAsync("key", "status", "--json"))![0]!["rotation"]!; // of the only tenant
            Assert.Equal(0, (long)rotation["unreadable"]!);
            if (holds(rotation)) return (long)rotation["resealed"]!;
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMinutes(3), "It stands still at " + rotation.ToJsonString());
        }
    }
}
