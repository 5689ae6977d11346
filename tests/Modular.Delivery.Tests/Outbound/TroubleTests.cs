using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Modular.Delivery.Queue;
using Modular.Mail.Dns;
using Modular.Testing;

namespace Modular.Delivery.Tests.Outbound;

/// <summary>What must hold when a sender dies, a connection is cut, or a destination does not move.</summary>
public sealed class TroubleTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long Campaign = 5;

    private readonly TestFolder _folder = new("delivery-trouble");
    private TestDatabase _database = null!;
    private TenantId _tenant, _other;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _other = await _database.NewTenantAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_connection_cut_behind_the_dot_is_ambiguous_and_sends_the_same_bytes_again()
    {
        await using var far = new FarServer(IPAddress.Loopback) { CutsBehindDot = 1 };
        await using var host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path, new Dictionary<string, string?>
        {
            ["Delivery:Mode"] = "Smarthost",
            ["Delivery:Smarthost:Host"] = "127.0.0.1",
            ["Delivery:Smarthost:Port"] = far.EndPoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Delivery:Retry:FirstDelay"] = "00:00:00.1",
        });
        await host.AddDomainAsync(_tenant);
        await host.QueueAsync(_tenant, Campaign, ["ann@example.com"]);
        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        var counts = await host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);

        Assert.Equal((1, 1), (counts.Delivered, counts.Ambiguous));
        var copies = far.Messages.ToArray();
        Assert.Equal(2, copies.Length);
        Assert.Equal(copies[0].Content, copies[1].Content);
    }

    [Fact]
    public async Task What_a_killed_sender_had_claimed_is_sent_and_only_what_was_past_its_dot_is_ambiguous()
    {
        long[] flying;
        await using (var web = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path, roles: HostRoles.Web))
        {
            await web.AddDomainAsync(_tenant);
            await web.QueueAsync(_tenant, Campaign, [.. Enumerable.Range(1, 400).Select(i => $"contact{i}@example.com")]);
            await web.Deliveries.StartAsync(_tenant, Campaign, Ct);

            // A sender with four connections, killed between their dots and their outcomes.
            var leaseId = await web.Get<Leases>().TakeAsync(_tenant, TimeSpan.FromMinutes(10), Ct);
            var killed = new TenantQueue(_tenant, leaseId, new DeliverySettings(), _database.Tenants, TimeProvider.System, web.Get<Microsoft.Extensions.Logging.ILogger<TenantQueue>>());
            var claimed = await web.Get<Claims>().TakeAsync(killed, 200, Ct);
            killed.Add(claimed);
            foreach (var message in claimed.Take(4)) await killed.CommitAsync(null, message);
            flying = [.. claimed.Take(4).Select(message => message.RecipientId)];
            await killed.DisposeAsync(); // its lease stays, as after a kill
            await _database.Tenants.RunAsync(_tenant, "update sender_lease set holder = @holder", new { holder = (Holder.OfThisProcess() with { StartTicks = 1 }).ToString() }, Ct);
        }

        await using var host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path);
        for (var i = 1; i <= 400; i++) host.Source.Contacts[i] = EmailAddress.Parse($"contact{i}@example.com");
        var counts = await host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);

        Assert.Equal((400, 4), (counts.Delivered, counts.Ambiguous));
        Assert.Equal(400, host.Captured(_tenant).Distinct);
        var ambiguous = await _database.Tenants.ListAsync<long>(_tenant, "select recipient_id from delivery where ambiguous > 0 order by 1", null, Ct);
        Assert.Equal(flying.Order(), ambiguous);
    }

    [Fact]
    public async Task A_domain_that_takes_no_mail_bounces_without_a_connection()
    {
        await using var host = await DeliveryHost.StartAsync(
            _database, [_tenant], _folder.Path, new Dictionary<string, string?> { ["Delivery:Mode"] = "Mx" }, services: services => services.AddSingleton<IDnsResolver>(new FakeDns().Mx("null.example", 0, "")));
        await host.AddDomainAsync(_tenant);
        await host.QueueAsync(_tenant, Campaign, ["ann@null.example", "bob@nowhere.example"]);
        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        await host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);

        var ledger = (await host.Deliveries.ReadLedgerAsync(_tenant, Campaign, DeliveryState.Bounced, 0, 10, Ct)).Entries;
        Assert.Equal(["5.1.10", "5.1.2"], ledger.Select(entry => entry.Status));
        Assert.All(_database.Outbox.Told.OfType<RecipientBounced>(), e => Assert.True(e.IsHard));
    }

    [Fact]
    public async Task A_destination_that_never_answers_holds_up_nobody_else()
    {
        await using var quick = new FarServer(IPAddress.Loopback);
        await using var stuck = new FarServer(IPAddress.Parse("127.0.0.2"), quick.EndPoint.Port) { IsTarpit = true };
        var dns = new FakeDns().Mx("quick.example", 10, "mx.quick.example").Address("mx.quick.example", "127.0.0.1").Mx("stuck.example", 10, "mx.stuck.example").Address("mx.stuck.example", "127.0.0.2");
        await using var host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path, new Dictionary<string, string?>
        {
            ["Delivery:Mode"] = "Mx",
            ["Delivery:Mx:Port"] = quick.EndPoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        }, services: services => services.AddSingleton<IDnsResolver>(dns));
        await host.AddDomainAsync(_tenant);
        await host.QueueAsync(_tenant, Campaign, [.. Enumerable.Range(1, 3_000).Select(i => $"contact{i}@{(i % 3 is 0 ? "quick" : "stuck")}.example")]);
        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        var counts = await host.UntilAsync(_tenant, Campaign, c => c.Delivered is 1_000);

        Assert.Equal(3_000, counts.Audience);
        Assert.InRange(stuck.Connections, 1, 10);
    }

    [Fact]
    public async Task A_large_campaign_of_one_tenant_does_not_keep_another_waiting()
    {
        await using var host = await DeliveryHost.StartAsync(_database, [_tenant, _other], _folder.Path);
        await host.AddDomainAsync(_tenant);
        await host.AddDomainAsync(_other);
        await host.QueueAsync(_tenant, Campaign, [.. Enumerable.Range(1, 6_000).Select(i => $"contact{i}@example.com")]);
        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await host.UntilAsync(_tenant, Campaign, c => c.Delivered > 0);

        await host.QueueAsync(_other, Campaign, [.. Enumerable.Range(1, 10).Select(i => $"contact{i}@example.com")], firstContact: 100_000);
        await host.Deliveries.StartAsync(_other, Campaign, Ct);
        await host.UntilAsync(_other, Campaign, c => c.Delivered is 10);

        var large = await host.CountAsync(_tenant, Campaign);
        Assert.True(large.Delivered < 6_000, "the small campaign came last");
        Assert.Equal(6_000, large.Audience);
    }

    [Fact]
    public async Task A_pause_begins_no_further_message_and_a_resume_sends_the_rest_once()
    {
        await using var host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path);
        await host.AddDomainAsync(_tenant);
        await host.QueueAsync(_tenant, Campaign, [.. Enumerable.Range(1, 4_000).Select(i => $"contact{i}@example.com")]);
        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await host.UntilAsync(_tenant, Campaign, c => c.Delivered > 100);

        await host.Deliveries.PauseAsync(_tenant, Campaign, Ct);
        var paused = await host.UntilAsync(_tenant, Campaign, c => c.Sending is 0);
        Assert.InRange(paused.Delivered, 101, 3_999);
        Assert.Equal(paused.Delivered, host.Captured(_tenant).Messages);

        await host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        var counts = await host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);
        Assert.Equal((4_000, 0), (counts.Delivered, counts.Ambiguous));
        Assert.Equal(0, host.Captured(_tenant).Duplicates);
    }
}
