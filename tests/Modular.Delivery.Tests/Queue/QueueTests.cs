using Microsoft.Extensions.Logging;
using Modular.Compliance;
using Modular.Delivery.Queue;
using Modular.Testing;

namespace Modular.Delivery.Tests.Queue;

/// <summary>The queue without a sender: what is handed over, claimed, settled and put back.</summary>
public sealed class QueueTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long Campaign = 77;

    private readonly TestFolder _folder = new("delivery-queue");
    private TestDatabase _database = null!;
    private DeliveryHost _host = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Leases Leases => _host.Get<Leases>();

    private Claims Claims => _host.Get<Claims>();

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path, roles: HostRoles.Web);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Handing_the_same_page_over_twice_queues_it_once()
    {
        await _host.QueueAsync(_tenant, Campaign, Addresses(500));
        await _host.QueueAsync(_tenant, Campaign, Addresses(700));

        var counts = await _host.CountAsync(_tenant, Campaign);
        Assert.Equal((700, 700), (counts.Queued, counts.Audience));
        Assert.Equal(700, (await _host.RecountAsync(_tenant, Campaign))[0]);
    }

    [Fact]
    public async Task Who_is_suppressed_or_to_be_skipped_is_in_the_ledger_with_the_reason()
    {
        var bounced = _host.Handover(_tenant, 1, "ann@example.com");
        _host.Suppressions.Entries[(_tenant, bounced.Email)] = new Suppression(bounced.Email, SuppressionReason.HardBounce, "550 5.1.1", DateTimeOffset.UnixEpoch);
        await _host.Deliveries.QueueAsync(_tenant, Campaign, [bounced, _host.Handover(_tenant, 2, "bob@example.com") with { SkipReason = "unsubscribed" }, _host.Handover(_tenant, 3, "cyd@example.com")], Ct);

        var counts = await _host.CountAsync(_tenant, Campaign);
        Assert.Equal((1, 1, 1, 3), (counts.Suppressed, counts.Skipped, counts.Queued, counts.Audience));
        var suppressed = Assert.Single((await _host.Deliveries.ReadLedgerAsync(_tenant, Campaign, DeliveryState.Suppressed, 0, 10, Ct)).Entries);
        Assert.Equal("bounced before (550 5.1.1)", suppressed.Reason);
        Assert.Equal("unsubscribed", Assert.Single((await _host.Deliveries.ReadLedgerAsync(_tenant, Campaign, DeliveryState.Skipped, 0, 10, Ct)).Entries).Reason);
    }

    [Fact]
    public async Task Nothing_is_claimed_before_the_start_nor_while_paused_nor_twice()
    {
        await _host.QueueAsync(_tenant, Campaign, Addresses(300));
        await using var queue = await NewQueueAsync();
        Assert.Empty(await Claims.TakeAsync(queue, 100, Ct));

        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        var first = await Claims.TakeAsync(queue, 100, Ct);
        await _host.Deliveries.PauseAsync(_tenant, Campaign, Ct);
        Assert.Empty(await Claims.TakeAsync(queue, 100, Ct));
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        var second = await Claims.TakeAsync(queue, 500, Ct);

        Assert.Equal((100, 200), (first.Count, second.Count));
        Assert.Equal(300, first.Concat(second).Select(message => message.RecipientId).Distinct().Count());
        var counts = await _host.CountAsync(_tenant, Campaign);
        Assert.Equal((0, 300), (counts.Queued, counts.Sending));
        Assert.Equal(300, (await _host.Deliveries.ReadLedgerAsync(_tenant, Campaign, DeliveryState.Sending, 0, 1_000, Ct)).Entries.Count);
    }

    [Fact]
    public async Task Claims_go_round_the_running_campaigns()
    {
        await _host.QueueAsync(_tenant, 1, Addresses(1_000));
        await _host.QueueAsync(_tenant, 2, Addresses(10));
        await _host.Deliveries.StartAsync(_tenant, 1, Ct);
        await _host.Deliveries.StartAsync(_tenant, 2, Ct);
        await using var queue = await NewQueueAsync();

        var seen = new List<long>();
        for (var i = 0; i < 3; i++) seen.Add((await Claims.TakeAsync(queue, 100, Ct))[0].CampaignId);

        Assert.Contains(2, seen.Take(2));
    }

    [Fact]
    public async Task Two_senders_share_a_campaign_without_meeting()
    {
        await _host.QueueAsync(_tenant, Campaign, Addresses(2_000));
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await using var one = await NewQueueAsync();
        await using var other = await NewQueueAsync();

        async Task<List<long>> TakeAllAsync(TenantQueue queue)
        {
            var taken = new List<long>();
            while ((await _host.CountAsync(_tenant, Campaign)).Queued > 0) taken.AddRange((await Claims.TakeAsync(queue, 50, Ct)).Select(message => message.RecipientId));
            return taken;
        }
        var taken = await Task.WhenAll(Task.Run(() => TakeAllAsync(one)), Task.Run(() => TakeAllAsync(other)));

        Assert.Equal(2_000, taken.Sum(list => list.Count));
        Assert.Equal(2_000, taken.SelectMany(list => list).Distinct().Count());
    }

    [Fact]
    public async Task States_sum_up_to_the_audience_whatever_happens()
    {
        var random = new Random(11);
        await _host.QueueAsync(_tenant, Campaign, Addresses(900));
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        var queue = await NewQueueAsync();
        for (var round = 0; round < 40; round++)
        {
            var claimed = await Claims.TakeAsync(queue, 40, Ct);
            queue.Add(claimed);
            var results = await Task.WhenAll(claimed.Where(_ => random.Next(10) > 0).Select(message => queue.CommitAsync(RandomOutcome(message, random), null)));
            Assert.All(results, result => Assert.True(result.IsHeld));
            if (round % 10 is 9)
            {
                await queue.DisposeAsync();
                await Leases.EndAsync(_tenant, queue.LeaseId, Ct); // what had no outcome goes back
                queue = await NewQueueAsync();
            }

            var counts = await _host.CountAsync(_tenant, Campaign);
            var rows = await _host.RecountAsync(_tenant, Campaign);
            Assert.Equal(900, counts.Audience);
            Assert.Equal(
                [counts.Queued, counts.Sending, counts.Delivered, counts.Deferred, counts.Bounced, counts.Suppressed, counts.Skipped, counts.GivenUp],
                Enumerable.Range(0, 8).Select(state => rows.GetValueOrDefault((short)state)));
        }
        await queue.DisposeAsync();
        Assert.NotEmpty(_database.Outbox.Told.OfType<RecipientBounced>());
    }

    [Fact]
    public async Task An_outcome_is_written_once_even_if_it_is_committed_twice()
    {
        await _host.QueueAsync(_tenant, Campaign, Addresses(1));
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await using var queue = await NewQueueAsync();
        var message = Assert.Single(await Claims.TakeAsync(queue, 10, Ct));
        queue.Add([message]);
        var bounced = new Outcome(message, DeliveryState.Bounced, "550 no") { WasTried = true, Event = DeliveryEventKind.Bounced };

        await queue.CommitAsync(bounced, null);
        await queue.CommitAsync(bounced, null);

        Assert.Equal(1, (await _host.CountAsync(_tenant, Campaign)).Bounced);
        Assert.Single(_database.Outbox.Told);
        Assert.Single((await _host.Deliveries.FindAsync(_tenant, message.RecipientId, Ct))!.Attempts);
    }

    [Fact]
    public async Task A_sender_whose_lease_was_taken_over_writes_nothing_and_learns_it()
    {
        await _host.QueueAsync(_tenant, Campaign, Addresses(2));
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await using var zombie = await NewQueueAsync();
        var claimed = await Claims.TakeAsync(zombie, 10, Ct);
        zombie.Add(claimed);
        Assert.True((await zombie.CommitAsync(null, claimed[0])).IsHeld);
        await Leases.EndAsync(_tenant, zombie.LeaseId, Ct); // as another process does when the lease is too old

        var result = await zombie.CommitAsync(new Outcome(claimed[0], DeliveryState.Delivered, "250") { WasTried = true }, claimed[1]);

        Assert.False(result.IsHeld);
        Assert.True(zombie.Lost.IsCancellationRequested);
        var counts = await _host.CountAsync(_tenant, Campaign);
        Assert.Equal((0, 2, 1), (counts.Delivered, counts.Queued, counts.Ambiguous));
        Assert.Equal("ambiguous", Assert.Single((await _host.Deliveries.FindAsync(_tenant, claimed[0].RecipientId, Ct))!.Attempts).Outcome);
    }

    [Fact]
    public async Task A_dead_process_gives_up_its_claims_at_once_and_a_living_one_only_with_age()
    {
        await _host.QueueAsync(_tenant, Campaign, Addresses(10));
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await using var queue = await NewQueueAsync();
        await Claims.TakeAsync(queue, 10, Ct);

        await SetHolderAsync(Holder.OfThisProcess()); // another sender in a living process
        Assert.Equal(0, (await Leases.FreeAsync(_tenant, [], Ct)).Recipients);
        await SetHolderAsync(Holder.OfThisProcess() with { StartTicks = 1 }); // whose process id is somebody else's now
        Assert.Equal(10, (await Leases.FreeAsync(_tenant, [], Ct)).Recipients);
        Assert.Equal(10, (await _host.CountAsync(_tenant, Campaign)).Queued);

        Task SetHolderAsync(Holder holder) => _database.Tenants.RunAsync(_tenant, "update sender_lease set holder = @text", new { text = holder.ToString() }, Ct);
    }

    [Fact]
    public async Task Cancelling_skips_what_is_not_sent_and_keeps_what_is()
    {
        await _host.QueueAsync(_tenant, Campaign, Addresses(6_000));
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await using var queue = await NewQueueAsync();
        var claimed = await Claims.TakeAsync(queue, 100, Ct);
        queue.Add(claimed);
        foreach (var message in claimed.Take(60)) _ = queue.CommitAsync(new Outcome(message, DeliveryState.Delivered, "250") { WasTried = true }, null);
        await queue.CommitAsync(new Outcome(claimed[60], DeliveryState.Deferred, "451") { DueAt = DateTimeOffset.UnixEpoch.AddYears(100), WasTried = true }, null);

        await _host.Deliveries.CancelAsync(_tenant, Campaign, Ct);

        var counts = await _host.CountAsync(_tenant, Campaign);
        Assert.Equal((60, 39, 5_901, 6_000), (counts.Delivered, counts.Sending, counts.Skipped, counts.Audience));
        var halted = await queue.CommitAsync(null, claimed[61]);
        Assert.Equal(3, halted.Halted[Campaign]);
    }

    [Fact]
    public async Task A_delivery_that_goes_well_changes_no_index()
    {
        await _host.QueueAsync(_tenant, Campaign, Addresses(2_000));
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        var queue = await NewQueueAsync();
        while (await Claims.TakeAsync(queue, 100, Ct) is { Count: > 0 } claimed)
        {
            queue.Add(claimed);
            foreach (var twenty in claimed.Chunk(20))
            {
                await Task.WhenAll(twenty.Select(m => queue.CommitAsync(new Outcome(m, DeliveryState.Delivered, "250 2.0.0 Ok: queued as 4XyZ01") { WasTried = true, Server = "mx.example.com [127.0.0.1:25]" }, null)));
            }
        }
        await queue.DisposeAsync();
        await _database.Tenants.ForgetAsync(_tenant); // a server process reports its figures at its end

        long updates, inPage;
        do (updates, inPage) = await _database.Tenants.FindAsync<(long, long)>(_tenant, "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'delivery' and schemaname = current_schema()", null, Ct);
        while (updates < 2_000);
        // A change of an indexed column would leave none of them in its page. How many of the others find room there is up to who else looks at old rows just now.
        Assert.InRange(inPage, 1_000, 2_000);
    }

    private async Task<TenantQueue> NewQueueAsync() => new(
        _tenant, await Leases.TakeAsync(_tenant, TimeSpan.FromSeconds(30), Ct), new DeliverySettings(), _database.Tenants, TimeProvider.System,
        _host.Get<ILogger<TenantQueue>>());

    private static Outcome RandomOutcome(Claimed message, Random random) => random.Next(8) switch
    {
        0 => new Outcome(message, DeliveryState.Bounced, "550 5.1.1 no") { WasTried = true, Event = DeliveryEventKind.Bounced, IsHard = true, Status = "5.1.1" },
        1 or 2 => new Outcome(message, DeliveryState.Deferred, "451 later") { WasTried = true, DueAt = DateTimeOffset.UnixEpoch, Event = DeliveryEventKind.Deferred },
        3 => new Outcome(message, DeliveryState.GivenUp, "451 too late") { WasTried = true, Event = DeliveryEventKind.GivenUp },
        4 => new Outcome(message, DeliveryState.Skipped, "contact deleted"),
        5 => new Outcome(message, message.State, null) { DueAt = DateTimeOffset.UnixEpoch },
        _ => new Outcome(message, DeliveryState.Delivered, "250 Ok") { WasTried = true },
    };

    private static string[] Addresses(int count) => [.. Enumerable.Range(1, count).Select(i => $"contact{i}@example.com")];
}
