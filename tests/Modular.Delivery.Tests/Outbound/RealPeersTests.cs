using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Modular.Delivery.Domains;
using Modular.Mail.Dkim;
using Modular.Mail.Dns;
using Modular.Testing;

namespace Modular.Delivery.Tests.Outbound;

/// <summary>Servers that others wrote, with what they lack and how they fail: Postfix's smtp-sink and Python's aiosmtpd, each at an address of its own.</summary>
public sealed class RealPeersTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long Campaign = 5;
    private const string Sink = "/usr/sbin/smtp-sink";
    private const int Each = 15;

    private readonly TestFolder _folder = new("delivery-peers");
    private readonly List<Process> _peers = [];
    private readonly FakeDns _dns = new();
    private readonly int _port = FreePort();
    private TestDatabase _database = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers)
        {
            if (!peer.HasExited) peer.Kill();
            peer.Dispose();
        }
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Postfixs_sink_gets_each_message_once_and_signed_whatever_it_does_not_offer()
    {
        string[] lacks = ["", "-8", "-p", "-e"];
        foreach (var (i, lack) in lacks.Index()) await StartSinkAsync($"d{i}.example", $"127.0.0.{11 + i}", lack);
        await using var host = await HostAsync();
        await host.QueueAsync(_tenant, Campaign, [.. Enumerable.Range(0, lacks.Length).SelectMany(i => Enumerable.Range(1, Each).Select(n => $"c{n}@d{i}.example"))]);
        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        var counts = await host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);

        Assert.Equal((lacks.Length * Each, 0), (counts.Delivered, counts.Ambiguous));
        var record = (await host.Get<SendingDomains>().FindAsync(_tenant, PlayedSource.From, Ct))!.DkimRecords[0].Value;
        var dumps = Directory.GetFiles(_folder.Path, "mail-*");
        Assert.Equal(lacks.Length * Each, dumps.Length);
        var ids = new HashSet<string>();
        foreach (var dump in dumps)
        {
            var (header, body) = ReadDump(dump);
            Assert.True(ids.Add(Encoding.ASCII.GetString(header).Split("Message-ID: ")[1].Split("\r\n")[0]), "a message came twice");
            var signatures = DkimVerifier.ReadSignatures(header).Where(signature => signature.Algorithm.StartsWith("rsa", StringComparison.Ordinal)).ToList();
            Assert.Equal(DkimVerdict.Pass, DkimVerifier.Verify(Assert.Single(signatures), header, body, record, TimeProvider.System.GetUtcNow()).Verdict);
        }
    }

    [Fact]
    public async Task What_goes_wrong_on_their_side_is_believed_for_what_it_is()
    {
        await StartSinkAsync("cut.example", "127.0.0.21", "-q .");
        await StartSinkAsync("later.example", "127.0.0.22", "-r RCPT");
        await StartSinkAsync("never.example", "127.0.0.23", "-f .");
        await StartSinkAsync("nobody.example", "127.0.0.24", "-f RCPT");
        await StartSinkAsync("busy.example", "127.0.0.25", "-Q MAIL");
        await StartSinkAsync("slow.example", "127.0.0.26", "-W .:2");
        await using var host = await HostAsync();
        await host.QueueAsync(_tenant, Campaign, ["a@cut.example", "a@later.example", "a@never.example", "a@nobody.example", "a@busy.example", "a@slow.example"]);
        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        await host.UntilAsync(_tenant, Campaign, c => c is { Queued: 0, Sending: 0 } && c.Delivered + c.Bounced + c.Deferred == c.Audience);

        var ledger = (await host.Deliveries.ReadLedgerAsync(_tenant, Campaign, null, 0, 10, Ct)).Entries;
        Assert.Equal(
            [DeliveryState.Deferred, DeliveryState.Deferred, DeliveryState.Bounced, DeliveryState.Bounced, DeliveryState.Deferred, DeliveryState.Delivered],
            ledger.Select(entry => entry.State));
        Assert.Equal(1, (await host.CountAsync(_tenant, Campaign)).Ambiguous);
        Assert.Contains("450 4.3.0", ledger[1].Reason, StringComparison.Ordinal);
        Assert.Contains("500 5.3.0", ledger[2].Reason, StringComparison.Ordinal);
        Assert.Contains("421", ledger[4].Reason, StringComparison.Ordinal);
        Assert.EndsWith("[in clear]", ledger[5].Reason, StringComparison.Ordinal);
        Assert.All(_database.Outbox.Told.OfType<RecipientBounced>(), bounced => Assert.False(bounced.IsHard));
    }

    [Fact]
    public async Task An_address_that_aiosmtpd_cannot_take_bounces_at_once_and_others_arrive()
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python) && Directory.Exists("/usr/lib/python3/dist-packages/aiosmtpd"), "aiosmtpd is not installed (apt-get install python3-aiosmtpd).");
        await StartAsync("eai.example", "127.0.0.31", Python, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", $"127.0.0.31:{_port}");
        await using var host = await HostAsync();
        await host.QueueAsync(_tenant, Campaign, ["δελτα@eai.example", "ann@eai.example"]);
        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        await host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);

        var ledger = (await host.Deliveries.ReadLedgerAsync(_tenant, Campaign, null, 0, 10, Ct)).Entries;
        Assert.Equal([(DeliveryState.Bounced, "5.6.7"), (DeliveryState.Delivered, null)], ledger.Select(entry => (entry.State, entry.Status is { } status && status.StartsWith('5') ? status : null)));
    }

    private async Task<DeliveryHost> HostAsync()
    {
        var host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path, new Dictionary<string, string?>
        {
            ["Delivery:Mode"] = "Mx",
            ["Delivery:Mx:Port"] = _port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        }, services: services => services.AddSingleton<IDnsResolver>(_dns));
        await host.AddDomainAsync(_tenant);
        return host;
    }

    private async Task StartSinkAsync(string domain, string address, string options)
    {
        Assert.SkipUnless(File.Exists(Sink), "smtp-sink is not installed (apt-get install postfix).");
        File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        string[] user = Environment.IsPrivilegedProcess ? ["-u", "nobody"] : [];
        string[] arguments = [.. user, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-d", Path.Combine(_folder.Path, "mail-"), $"{address}:{_port}", "64"];
        await StartAsync(domain, address, Sink, arguments);
    }

    private async Task StartAsync(string domain, string address, string program, params string[] arguments)
    {
        _dns.Mx(domain, 10, "mx." + domain).Address("mx." + domain, address);
        var peer = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _peers.Add(peer);
        await Eventually.HoldsAsync(async () =>
        {
            Assert.False(peer.HasExited, $"{program} {string.Join(' ', arguments)} ended");
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), _port), Ct);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }, Ct);
    }

    /// <summary>What smtp-sink wrote down: lines of its own, up to its Received field, and then the message with LF.</summary>
    private static (byte[] Header, byte[] Body) ReadDump(string file)
    {
        var lines = Encoding.Latin1.GetString(File.ReadAllBytes(file)).Split('\n').ToList();
        var received = lines.FindIndex(line => line.StartsWith("Received: ", StringComparison.Ordinal));
        var first = lines.FindIndex(received + 1, line => !line.StartsWith('\t'));
        var empty = lines.FindIndex(first, line => line.Length is 0);
        var (header, body) = (lines[first..empty], lines[(empty + 1)..]);
        return (Wire(header), Wire(body));

        static byte[] Wire(List<string> lines) => Encoding.Latin1.GetBytes(string.Concat(lines.Select(line => line + "\r\n")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
