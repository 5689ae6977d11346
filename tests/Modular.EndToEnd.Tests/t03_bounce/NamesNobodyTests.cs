using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.EndToEnd.Tests.Loop;
using Modular.Testing;

namespace Modular.EndToEnd.Tests.t03_bounce;

/// <summary>Once round, with everything that may come back; then what a thief of a backup or of the disk would read.</summary>
public sealed class NamesNobodyTests(LoopHost host) : IClassFixture<LoopHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Neither_a_dump_of_the_database_nor_a_file_in_the_data_folder_holds_an_address_or_a_name()
    {
        var audience = new Audience(Plain: 20, Bounce: 7, Late: 5, Defer: 2, Complain: 4, Unsubscribe: 6, Open: 3, Click: 2);
        var bad = Encoding.UTF8.GetBytes("person.none\u00A0@nowhere,Zoë,O'Neill\r\n");   // for the error file
        await host.Rest.ImportAsync("readers.csv", [.. audience.Csv(), .. bad]);
        var campaign = await host.Rest.SendAsync("Spring");
        await host.Rest.SentAsync(campaign, audience.IsComplete);
        await host.DrainOutboxAsync();

        var dump = await PostgresTool.DumpAsync(host.Services.GetRequiredService<IConfiguration>()["Database:ConnectionString"]!, Ct);   // the fixture's
        Assert.Contains("town3.example", dump, StringComparison.Ordinal);   // domains are told apart in clear, and show that it is this database
        foreach (var found in Found(dump)) Assert.Fail("The dump holds it: " + found);
        var files = Directory.EnumerateFiles(host.Facts.DataFolder, "*", SearchOption.AllDirectories).ToList();
        Assert.Contains(files, file => Path.GetFileName(file) == "readers.errors.csv");
        Assert.Contains(files, file => Path.GetFileName(file).StartsWith("segment-", StringComparison.Ordinal));
        foreach (var file in files)
            foreach (var found in Found(Encoding.Latin1.GetString(await ReadAsync(file)))) Assert.Fail($"{file} holds it: {found}");
    }

    /// <summary>Addresses and names as they are, and as the bytes of a column.</summary>
    private static IEnumerable<string> Found(string text)
    {
        foreach (var canary in (string[])[@"person\.[0-9n]", "Zoë", Latin("Zoë"), "O'+Neill"])
            if (Regex.Match(text, canary, RegexOptions.IgnoreCase) is { Success: true } match) yield return Around(text, match.Index);
        foreach (var canary in (string[])["person.", "Zoë", "O'Neill"])
            if (text.IndexOf(Convert.ToHexString(Encoding.UTF8.GetBytes(canary)), StringComparison.OrdinalIgnoreCase) is >= 0 and var at) yield return Around(text, at);
    }

    private static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Around(string text, int at) => string.Create(CultureInfo.InvariantCulture, $"at {at}: …{text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 60)]}…");

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var all = new MemoryStream();
        await open.CopyToAsync(all, Ct);
        return all.ToArray();
    }
}
