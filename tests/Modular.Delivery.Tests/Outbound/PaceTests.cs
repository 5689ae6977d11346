using System.Globalization;
using System.Net;
using Modular.Compliance;
using Modular.Delivery.Outbound;
using Modular.Testing;

namespace Modular.Delivery.Tests.Outbound;

/// <summary>Messages that wait for their turn at a destination.</summary>
public sealed class PaceTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long Campaign = 6;

    private readonly TestFolder _folder = new("delivery-pace");
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
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Who_left_while_the_message_waited_for_a_slow_server_does_not_get_it()
    {
        var gate = new TaskCompletionSource();
        await using var far = new FarServer(IPAddress.Loopback) { Gate = gate.Task };
        await using var host = await StartAsync(far, ("Delivery:Sending:RecheckAge", "00:00:00"), ("Delivery:Sending:MaxConnectionsPerDestination", "1"));
        var addresses = Enumerable.Range(1, 8).Select(i => $"contact{i}@example.com").ToList();
        await host.QueueAsync(_tenant, Campaign, addresses);
        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await Eventually.HoldsAsync(() => far.Messages.Count is 1, Ct); // all are composed by now, for they were one batch

        await host.Suppressions.SuppressAsync(_tenant, [.. addresses.Select(address => new Suppression(_database.Sealer.Index(_tenant, EmailAddress.Parse(address)), SuppressionReason.Unsubscribed, "test", TimeProvider.System.GetUtcNow()))], Ct);
        gate.SetResult();
        var counts = await host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);

        Assert.InRange(counts.Delivered, 1, 2); // the one whose envelope went out with the dot before it was begun already
        Assert.Equal(8, counts.Delivered + counts.Suppressed);
    }

    [Fact]
    public async Task Nothing_is_begun_before_its_time_and_no_connection_is_held_meanwhile()
    {
        await using var far = new FarServer(IPAddress.Loopback);
        await using var host = await StartAsync(far, ("Delivery:Shaping:default:PerHour", "2"));
        await host.QueueAsync(_tenant, Campaign, [.. Enumerable.Range(1, 5).Select(i => $"contact{i}@example.com")]);
        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await host.UntilAsync(_tenant, Campaign, c => c.Delivered is 1);
        await Eventually.HoldsAsync(() => host.Get<LaneRunner>().Connections is 0, Ct);

        Assert.Single(far.Messages);
        Assert.Equal(4, host.Get<LaneRunner>().Lanes.Sum(lane => lane.WaitingInAll + lane.Composed.Reader.Count));
    }

    private async Task<DeliveryHost> StartAsync(FarServer far, params (string Name, string Value)[] settings)
    {
        var host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path, new Dictionary<string, string?>(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
        {
            ["Delivery:Mode"] = "Smarthost",
            ["Delivery:Smarthost:Host"] = "127.0.0.1",
            ["Delivery:Smarthost:Port"] = far.EndPoint.Port.ToString(CultureInfo.InvariantCulture),
        });
        await host.AddDomainAsync(_tenant);
        return host;
    }
}
