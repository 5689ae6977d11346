using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Modular.Host.Demo;

namespace Modular.Host.Benching;

/// <summary>
/// <c>modular bench campaign</c>: imports N people, sends them one personalised, signed campaign through the suite that runs around it, and prints one line of
/// JSON. With <c>--sink</c> the mail goes to that SMTP server on this machine, else to the built-in capture server, which keeps every message.
/// </summary>
internal sealed class BenchCampaignCommand(IServiceProvider services, HostFacts facts, TimeProvider time) : ICommand
{
    private const string Domain = "bench.example";

    public string Name => "bench campaign";

    public string Usage => "[--recipients N] [--body-kb N] [--dkim rsa2048] [--sink HOST:PORT]";

    public string Summary => "Measures sending one campaign to N recipients, 20,000 of 12 KB unless told otherwise.";

    public HostRoles Roles => HostRoles.All;

    public IReadOnlyDictionary<string, string?> Settings(CommandLine line) => line.Option("sink") is { } sink && sink.Split(':') is [var host, var port]
        ? new Dictionary<string, string?> { ["Delivery:Mode"] = "smarthost", ["Delivery:Smarthost:Host"] = host, ["Delivery:Smarthost:Port"] = port }
        : new Dictionary<string, string?>();

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (!TryCount(line, "recipients", 20_000, 10_000_000, out var recipients)) return line.Refuse(this, "--recipients is a number from 1 to 10000000");
        if (!TryCount(line, "body-kb", 12, 512, out var kilobytes)) return line.Refuse(this, "--body-kb is a number from 1 to 512");
        if (line.Option("dkim") is { } dkim and not "rsa2048") return line.Refuse(this, $"--dkim takes rsa2048, the only kind of key there is; not '{dkim}'");
        if (line.Option("sink") is { } sink && !IsLoopback(sink)) return line.Refuse(this, $"--sink takes an address on this machine, as in 127.0.0.1:2599; not '{sink}'");

        var tenant = await new DemoTenants(services, facts).EnsureAsync("bench", "Benchmarks", ct);
        using var api = tenant.Api;
        var run = time.GetUtcNow().ToUnixTimeSeconds();
        await api.EnsureAsync("fields", new { name = "bench_run", label = "Bench run", type = "number", isPersonal = false }, ct);
        await api.EnsureAsync("sending-domains", new { domain = Domain }, ct);
        await line.Error.WriteLineAsync($"importing {recipients} recipients");
        await ImportAsync(api, run, recipients, ct);
        var segment = (long)(await api.PostAsync("segments", new { name = $"Bench {run}", definition = new { field = "bench_run", op = "eq", value = run } }, ct))["id"]!;
        var html = Html(kilobytes);
        var campaign = (long)(await api.PostAsync("campaigns", new
        {
            name = $"Bench {run}",
            subject = "Figures for {{first_name fallback=\"you\"}}",
            fromName = "Bench",
            fromAddress = $"letter@{Domain}",
            html,
            segmentId = segment,
        }, ct))["id"]!;

        await line.Error.WriteLineAsync("sending");
        using var process = Process.GetCurrentProcess();
        var (hostBefore, databaseBefore, begun) = (process.TotalProcessorTime, PostgresCpu.Read(), time.GetTimestamp());
        await api.PostAsync($"campaigns/{campaign}/send", new { }, ct);
        var end = await UntilSentAsync(api, campaign, ct);
        var seconds = time.GetElapsedTime(begun).TotalSeconds;
        process.Refresh();
        var (host, database) = ((process.TotalProcessorTime - hostBefore).TotalSeconds, (PostgresCpu.Read() - databaseBefore).TotalSeconds);

        var delivered = (long)end["audience"]!["delivered"]!;
        await line.Out.WriteLineAsync(JsonSerializer.Serialize(new
        {
            bench = "campaign",
            recipients,
            delivered,
            seconds = Math.Round(seconds, 3),
            messages_per_second = Math.Round(delivered / seconds, 1),
            body_bytes = Encoding.UTF8.GetByteCount(html),
            dkim = "rsa2048",
            sink = line.Option("sink") ?? "capture",
            host_cpu_seconds = Math.Round(host, 2),
            database_cpu_seconds = Math.Round(database, 2),
            database_share = Math.Round(database / (host + database), 3),
            rss_bytes = process.WorkingSet64,
            peak_rss_bytes = process.PeakWorkingSet64,
        }));
        return delivered == recipients ? 0 : 1;
    }

    private static bool TryCount(CommandLine line, string option, int usual, int most, out int count) =>
        int.TryParse(line.Option(option) ?? usual.ToString(CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= 1 && count <= most;

    private static bool IsLoopback(string sink) =>
        sink.Split(':') is [var host, var port] && System.Net.IPAddress.TryParse(host, out var address) && System.Net.IPAddress.IsLoopback(address) && ushort.TryParse(port, out _);

    private async Task ImportAsync(DemoApi api, long run, int recipients, CancellationToken ct)
    {
        var file = new StringBuilder("email,first_name,bench_run\n");
        for (var i = 0; i < recipients; i++) file.Append(CultureInfo.InvariantCulture, $"reader{i}.b{run}@sink.test,Name{i % 1000},{run}\n");
        var name = $"bench-{run}.csv";
        await api.PutFileAsync("import/" + name, Encoding.UTF8.GetBytes(file.ToString()), ct);
        while (true)
        {
            await foreach (var job in api.PagesAsync("imports", ct))
            {
                if (Path.GetFileName((string?)job["file"] ?? "") == name && job["finishedAt"] is not null) return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), time, ct);
        }
    }

    private async Task<JsonNode> UntilSentAsync(DemoApi api, long campaign, CancellationToken ct)
    {
        while (true)
        {
            var now = await api.GetAsync($"campaigns/{campaign}/analysis", ct);
            if ((string?)now["state"] == "sent") return now;
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, ct);
        }
    }

    /// <summary>A letter of about this size: names in many places, eight links, the way out.</summary>
    private static string Html(int kilobytes)
    {
        var html = new StringBuilder("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Bench</title></head><body>\n<h1>Dear {{first_name fallback=\"friend\"}}</h1>\n");
        for (var link = 0; html.Length < kilobytes * 1024 - 200; link++)
        {
            html.Append("<p style=\"margin:0 0 16px 0;font-family:Helvetica,Arial,sans-serif;font-size:15px;line-height:24px;color:#333\">Paragraph for {{first_name fallback=\"friend\"}}: the quick brown fox jumps over the lazy dog, and then once more, because a letter has a length.</p>\n");
            if (link < 8) html.Append(CultureInfo.InvariantCulture, $"<p><a href=\"https://www.bench.example/page/{link}\">Link {link}</a></p>\n");
        }
        return html.Append("<p><a href=\"{{unsubscribe_url}}\">Unsubscribe</a></p>\n</body></html>\n").ToString();
    }
}
