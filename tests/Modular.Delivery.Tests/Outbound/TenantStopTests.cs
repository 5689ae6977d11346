using Modular.Testing;

namespace Modular.Delivery.Tests.Outbound;

/// <summary>What the queue does for a tenant that is suspended while it sends, or that has used up its mails of the day.</summary>
public sealed class TenantStopTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long Campaign = 5;
    private const int Audience = 600;

    private readonly TestFolder _folder = new("delivery-stop");
    private TestDatabase _database = null!;
    private DeliveryHost _host = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PlayedTenants Tenants => _host.Get<PlayedTenants>();

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path);
        await _host.AddDomainAsync(_tenant);
        await _host.QueueAsync(_tenant, Campaign, [.. Enumerable.Range(1, Audience).Select(i => $"contact{i}@example.com")]);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_tenant_that_is_suspended_while_it_sends_gives_back_what_was_claimed_and_goes_on_later_without_a_double()
    {
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await _host.UntilAsync(_tenant, Campaign, c => c.Delivered >= 20);
        Tenants.Active = [];

        var halted = await _host.UntilAsync(_tenant, Campaign, c => c.Sending is 0);
        await Eventually.HoldsAsync(async () => await _database.Tenants.FindAsync<long>(_tenant, "select count(*) from sender_lease", null, Ct) is 0, Ct);
        Assert.Equal((Audience, 0L), (halted.Audience, halted.Ambiguous));
        Assert.Equal(halted.Delivered, _host.Captured(_tenant).Messages);

        Tenants.Active = [_tenant];
        var counts = await _host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);
        Assert.Equal((Audience, Audience, 0L), (counts.Audience, counts.Delivered, counts.Ambiguous));
        var captured = _host.Captured(_tenant);
        Assert.Equal((Audience, Audience, 0), (captured.Messages, captured.Distinct, captured.Duplicates));
    }

    [Fact]
    public async Task When_the_days_mails_are_used_up_the_rest_waits_for_more()
    {
        Tenants.Mails = 150;
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        var counts = await _host.UntilAsync(_tenant, Campaign, c => c is { Delivered: 150, Sending: 0 });
        Assert.Equal((Audience - 150, 0), (counts.Queued, Tenants.Mails));

        Tenants.Mails = 10_000;
        counts = await _host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);
        Assert.Equal(Audience, counts.Delivered);
        await Eventually.HoldsAsync(() => Tenants.Mails == 10_000 - (Audience - 150), Ct);   // what was taken and not needed comes back
    }
}
