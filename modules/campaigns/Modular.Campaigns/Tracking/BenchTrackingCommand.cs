using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Modular.Campaigns.Drafting;
using Modular.Campaigns.Sending;

namespace Modular.Campaigns.Tracking;

/// <summary>
/// <c>modular bench tracking</c>: openings (three of four) and clicks over real sockets against the suite that runs around it, each answered only once it
/// is committed. It sends from this process too, so both share the machine; prints one line of JSON.
/// </summary>
internal sealed class BenchTrackingCommand(
    ITenantProvisioning provisioning, TenantDb db, ISealer sealer, CampaignDrafts drafts, HitFolding folding, HostFacts host, TimeProvider time) : ICommand
{
    private const int Pipelined = 16;

    public string Name => "bench tracking";

    public string Usage => "[--hits N] [--connections N] [--json]";

    public string Summary => "measures opens and clicks, each durable before its answer, 200,000 unless told otherwise";

    public HostRoles Roles => HostRoles.Web | HostRoles.Worker;

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (!int.TryParse(line.Option("hits") ?? "200000", NumberStyles.None, CultureInfo.InvariantCulture, out var hits) || hits is < 1 or > 100_000_000) return line.Refuse(this, "--hits is a number from 1 to 100000000");
        if (!int.TryParse(line.Option("connections") ?? "32", NumberStyles.None, CultureInfo.InvariantCulture, out var connections) || connections is < 1 or > 1000) return line.Refuse(this, "--connections is a number from 1 to 1000");
        // A room of its own, which no sign-in leads to; its hits go with it.
        var tenant = TenantId.NewRandom();
        await provisioning.ProvisionAsync(tenant, ct);
        var revisionId = await FreezeAsync(tenant, ct);
        var requests = Requests(tenant, revisionId);

        await RunAsync(requests, Math.Min(hits, 2000), connections, ct); // warm
        var begun = time.GetTimestamp();
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var (good, slowest) = await RunAsync(requests, hits, connections, ct);
        var seconds = time.GetElapsedTime(begun).TotalSeconds;
        process.Refresh();
        var stored = await CountAsync(tenant, ct);
        await folding.FoldAsync(tenant, ct);
        var expected = (long)hits + Math.Min(hits, 2000);
        await line.Out.WriteLineAsync(JsonSerializer.Serialize(new
        {
            bench = "tracking",
            hits,
            connections,
            seconds = Math.Round(seconds, 3),
            hits_per_second = Math.Round(hits / seconds),
            answered_well = good,
            committed = stored,
            slowest_ms = Math.Round(slowest, 1),
            cpu_seconds = Math.Round((process.TotalProcessorTime - cpu).TotalSeconds, 2),
            rss_bytes = process.WorkingSet64,
        }));
        foreach (var table in (string[])["response_inbox", "response", "response_first", "response_tally"]) await db.RunAsync(tenant, "delete from " + table, null, ct);
        return good == hits && stored == expected ? 0 : 1;
    }

    private async Task<long> FreezeAsync(TenantId tenant, CancellationToken ct)
    {
        var draft = (await drafts.CreateAsync(Reach.Whole(tenant), new DraftChange("bench", Html: "<a href=\"https://example.com/\">x</a>"), "cli:bench", ct)).Value;
        await using var transaction = await db.BeginAsync(tenant, ct);
        var content = Composing.CompiledContent.Compile(new Composing.Content("", draft.Html, "-"), Composing.TemplateFields.Any);
        var revisionId = await Revisions.FreezeAsync(transaction, draft, content, time.GetUtcNow(), ct);
        await transaction.CommitAsync(ct);
        return revisionId;
    }

    private Task<long> CountAsync(TenantId tenant, CancellationToken ct) =>
        db.FindAsync<long>(tenant, "select (select count(*) from response_inbox) + (select count(*) from response)", null, ct);

    /// <summary>Of many recipients, as mail programs ask.</summary>
    private byte[][] Requests(TenantId tenant, long revisionId) =>
    [
        .. Enumerable.Range(1, 4096).Select(i =>
        {
            var isClick = i % 4 == 0;
            var token = new LinkToken(isClick ? LinkKind.Click : LinkKind.Open, false, tenant, revisionId, 1_000_000 + i, isClick ? (ushort)1 : (ushort)0).ToText(sealer);
            return Encoding.ASCII.GetBytes($"GET {(isClick ? "/c/" + token : "/o/" + token + ".gif")} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Thunderbird/128.0\r\n\r\n");
        }),
    ];

    private async Task<(long Good, double SlowestMs)> RunAsync(byte[][] requests, int hits, int connections, CancellationToken ct)
    {
        var left = hits;
        var done = await Task.WhenAll(Enumerable.Range(0, connections).Select(n => Task.Run(() => AskAsync(requests, n * 131, () =>
        {
            var taken = Math.Min(Pipelined, Interlocked.Add(ref left, -Pipelined) + Pipelined);
            return Math.Max(taken, 0);
        }, ct), ct)));
        return (done.Sum(d => d.Good), done.Max(d => d.SlowestMs));
    }

    /// <summary>One connection that asks a few at a time and reads what comes, as a proxy in front would.</summary>
    private async Task<(long Good, double SlowestMs)> AskAsync(byte[][] requests, int at, Func<int> take, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, host.Ports.Console, ct);
        var output = new ArrayBufferWriter<byte>();
        var input = new byte[64 * 1024];
        long good = 0;
        double slowest = 0;
        while (take() is > 0 and var count)
        {
            output.ResetWrittenCount();
            for (var i = 0; i < count; i++) output.Write(requests[at++ % requests.Length]);
            var begun = time.GetTimestamp();
            for (var sent = 0; sent < output.WrittenCount;) sent += await socket.SendAsync(output.WrittenMemory[sent..], SocketFlags.None, ct);
            var (filled, answered) = (0, 0);
            while (answered < count)
            {
                var read = await socket.ReceiveAsync(input.AsMemory(filled), SocketFlags.None, ct);
                if (read == 0) return (good, slowest);
                filled += read;
                var used = 0;
                while (Answer(input.AsSpan(used, filled - used), out var isGood) is > 0 and var length)
                {
                    used += length;
                    answered++;
                    good += isGood ? 1 : 0;
                }
                input.AsSpan(used, filled - used).CopyTo(input);
                filled -= used;
            }
            slowest = Math.Max(slowest, time.GetElapsedTime(begun).TotalMilliseconds);
        }
        return (good, slowest);
    }

    /// <returns>The bytes of the first answer, head and body; 0 while it is not complete.</returns>
    private static int Answer(ReadOnlySpan<byte> input, out bool isGood)
    {
        isGood = false;
        var head = input.IndexOf("\r\n\r\n"u8);
        if (head < 0) return 0;
        isGood = input.StartsWith("HTTP/1.1 200"u8) || input.StartsWith("HTTP/1.1 302"u8);
        var field = input[..head].IndexOf("Content-Length: "u8);
        var body = field >= 0 && System.Buffers.Text.Utf8Parser.TryParse(input[(field + 16)..], out int length, out _) ? length : 0;
        return head + 4 + body <= input.Length ? head + 4 + body : 0;
    }
}
