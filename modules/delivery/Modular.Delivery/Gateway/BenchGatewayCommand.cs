using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Modular.Delivery.Gateway;

/// <summary>
/// <c>modular bench gateway</c>: mail to signed return paths over real SMTP, each committed before its 250. It sends from this process too, so both share
/// the machine; prints one line of JSON.
/// </summary>
internal sealed class BenchGatewayCommand(
    ITenantProvisioning provisioning, TenantDb db, SignedAddresses addresses, SmtpPorts ports, IOptions<DeliverySettings> settings, TimeProvider time) : ICommand
{
    private const int MessageBytes = 10_000;

    public string Name => "bench gateway";

    public string Usage => "[--messages N] [--sessions N] [--json]";

    public string Summary => "measures mail taken by the gateway, each durable before its 250, 50,000 of 10 KB over 20 sessions unless told otherwise";

    public HostRoles Roles => HostRoles.Gateway;

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (!int.TryParse(line.Option("messages") ?? "50000", NumberStyles.None, CultureInfo.InvariantCulture, out var messages) || messages is < 1 or > 10_000_000) return line.Refuse(this, "--messages is a number from 1 to 10000000");
        if (!int.TryParse(line.Option("sessions") ?? "20", NumberStyles.None, CultureInfo.InvariantCulture, out var sessions) || sessions is < 1 or > 500) return line.Refuse(this, "--sessions is a number from 1 to 500");
        var tenant = TenantId.NewRandom(); // a room of its own, which no sign-in leads to
        await provisioning.ProvisionAsync(tenant, ct);

        await SendAsync(tenant, Math.Min(messages, 500), sessions, ct); // warm
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var begun = time.GetTimestamp();
        var (taken, slowest) = await SendAsync(tenant, messages, sessions, ct);
        var seconds = time.GetElapsedTime(begun).TotalSeconds;
        process.Refresh();
        var stored = await db.FindAsync<long>(tenant, "select count(*) from inbound", null, ct);
        await line.Out.WriteLineAsync(JsonSerializer.Serialize(new
        {
            bench = "gateway",
            messages,
            sessions,
            message_bytes = MessageBytes,
            seconds = Math.Round(seconds, 3),
            messages_per_second = Math.Round(messages / seconds),
            accepted = taken,
            committed = stored,
            slowest_ms = Math.Round(slowest, 1),
            cpu_seconds = Math.Round((process.TotalProcessorTime - cpu).TotalSeconds, 2),
            rss_bytes = process.WorkingSet64,
        }));
        await db.RunAsync(tenant, "delete from inbound", null, ct);
        return taken == messages && stored == messages + Math.Min(messages, 500) ? 0 : 1;
    }

    private async Task<(long Taken, double SlowestMs)> SendAsync(TenantId tenant, int messages, int sessions, CancellationToken ct)
    {
        var left = messages;
        var done = await Task.WhenAll(Enumerable.Range(0, sessions).Select(n => Task.Run(() => SessionAsync(tenant, n, () => Interlocked.Decrement(ref left) >= 0, ct), ct)));
        return (done.Sum(d => d.Taken), done.Max(d => d.SlowestMs));
    }

    /// <summary>One far side that keeps its connection: envelope and content of a message in one write, then its replies.</summary>
    private async Task<(long Taken, double SlowestMs)> SessionAsync(TenantId tenant, int session, Func<bool> take, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, ports.Gateway, ct);
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
        await ReplyAsync(reader, ct);
        await socket.SendAsync("EHLO bench.invalid\r\n"u8.ToArray(), ct);
        await ReplyAsync(reader, ct);
        var content = Encoding.ASCII.GetBytes(Content());
        var (taken, slowest) = (0L, 0.0);
        for (var i = 0; take(); i++)
        {
            var to = addresses.Write(new SignedAddress(AddressKind.Bounce, tenant, 1_000_000L * session + i + 1)) + "@" + settings.Value.ReturnDomain;
            var begun = time.GetTimestamp();
            await socket.SendAsync(Encoding.ASCII.GetBytes($"MAIL FROM:<>\r\nRCPT TO:<{to}>\r\nDATA\r\n"), ct);
            for (var reply = 0; reply < 3; reply++) await ReplyAsync(reader, ct);
            await socket.SendAsync(content, ct);
            if ((await ReplyAsync(reader, ct)).StartsWith("250", StringComparison.Ordinal)) taken++;
            slowest = Math.Max(slowest, time.GetElapsedTime(begun).TotalMilliseconds);
        }
        return (taken, slowest);
    }

    private static async ValueTask<string> ReplyAsync(StreamReader reader, CancellationToken ct)
    {
        string? text;
        while ((text = await reader.ReadLineAsync(ct)) is { Length: > 3 } && text[3] is '-') { }
        return text ?? "";
    }

    private static string Content()
    {
        var text = new StringBuilder("From: mailer-daemon@bench.invalid\r\nSubject: Undelivered mail\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n");
        while (text.Length < MessageBytes) text.Append("The quick brown fox jumps over the lazy dog, and the mail comes back to where it came from.\r\n");
        return text.Append(".\r\n").ToString();
    }
}
