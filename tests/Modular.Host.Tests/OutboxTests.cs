using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Modular.Host.Outbox;
using Modular.Testing;

namespace Modular.Host.Tests;

public sealed class OutboxTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly FakeClock _clock = new();
    private ServiceProvider _services = null!;   // set before each test
    private TestDatabase _database = null!;
    private TenantDb _tenants = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Heard Heard => _services.GetRequiredService<Heard>();

    private OutboxDispatcher Dispatcher => _services.GetRequiredService<OutboxDispatcher>();

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _services = new ServiceCollection()
            .AddSingleton(_database.Address).AddSingleton(_database.Keys).AddSingleton<TenantDb>().AddSingleton<TimeProvider>(_clock)
            .AddSingleton<OutboxSignal>().AddSingleton<OutboxMetrics>().AddSingleton<IOutbox, OutboxWriter>().AddSingleton<OutboxDispatcher>()
            .AddSingleton<Heard>().AddMetrics().AddLogging(l => l.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(NullLoggerFactory.Instance))
            .AddHearer<DoorOpened, Counts>().AddHearer<DoorOpened, Fails>()
            .BuildServiceProvider();
        _tenants = _services.GetRequiredService<TenantDb>();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Each_hearer_gets_its_own_row_and_one_that_fails_does_not_hold_up_the_other()
    {
        Heard.FailuresLeft = 1;
        await TellAsync(new DoorOpened(_tenant, new EmailIndex(Guid.NewGuid()), "front"));

        await Dispatcher.DispatchAsync(_tenant, Ct);

        Assert.Equal(["front"], Heard.Doors);
        var waiting = Assert.Single(await _tenants.ListAsync<Waiting>(_tenant, "select hearer, attempts, last_fault, is_parked from outbox", null, Ct));
        Assert.Equal((typeof(Fails).FullName, 1, false), (waiting.Hearer, waiting.Attempts, waiting.IsParked));
        Assert.Contains("the hinge squeaks", waiting.LastFault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_arrives_as_it_was_told()
    {
        var told = new DoorOpened(_tenant, new EmailIndex(Guid.NewGuid()), "Jürgen's \"door\"");
        await TellAsync(told);

        await Dispatcher.DispatchAsync(_tenant, Ct);

        Assert.Equal(told, Heard.Last);
    }

    [Fact]
    public async Task What_failed_is_told_again_until_it_is_taken()
    {
        Heard.FailuresLeft = 2;
        await TellAsync(new DoorOpened(_tenant, default, "front"));

        for (var attempt = 0; attempt < 3; attempt++)
        {
            await Dispatcher.DispatchAsync(_tenant, Ct);
            await MakeDueAsync();
        }

        Assert.Equal(0, await _tenants.FindAsync<long>(_tenant, "select count(*) from outbox", null, Ct));
        Assert.Equal(3, Heard.Tries);
    }

    [Fact]
    public async Task After_the_last_attempt_a_row_is_parked_and_stays()
    {
        Heard.FailuresLeft = int.MaxValue;
        await TellAsync(new DoorOpened(_tenant, default, "front"));

        for (var attempt = 0; attempt < OutboxRetry.MaxAttempts + 3; attempt++)
        {
            await Dispatcher.DispatchAsync(_tenant, Ct);
            await MakeDueAsync();
        }

        Assert.True((await _tenants.FindAsync<Waiting>(_tenant, "select hearer, attempts, last_fault, is_parked from outbox", null, Ct))!.IsParked);
        Assert.Equal(OutboxRetry.MaxAttempts, Heard.Tries);
    }

    [Fact]
    public async Task A_transaction_that_is_not_committed_tells_nothing()
    {
        await using (var transaction = await _tenants.BeginAsync(_tenant, Ct))
            await transaction.TellAsync(new DoorOpened(_tenant, default, "front"), Ct);

        Assert.Equal(0, await Dispatcher.DispatchAsync(_tenant, Ct));
    }

    [Fact]
    public async Task A_commit_wakes_the_dispatcher_for_that_tenant()
    {
        await TellAsync(new DoorOpened(_tenant, default, "front"));

        await foreach (var woken in _services.GetRequiredService<OutboxSignal>().ReadAsync(Ct))
        {
            Assert.Equal(_tenant, woken);
            break;
        }
    }

    [Fact]
    public async Task A_row_whose_process_died_is_heard_when_its_lease_is_over()
    {
        await TellAsync(new DoorOpened(_tenant, default, "front"));
        await _tenants.RunAsync(_tenant, "update outbox set attempts = 1, due_at = now() + interval '30 seconds'", null, Ct);   // claimed, and then nothing

        Assert.Equal(0, await Dispatcher.DispatchAsync(_tenant, Ct));
        await MakeDueAsync();
        await Dispatcher.DispatchAsync(_tenant, Ct);

        Assert.Equal(["front"], Heard.Doors);
    }

    [Fact]
    public async Task What_takes_longer_than_the_lease_keeps_it()
    {
        Heard.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await TellAsync(new DoorOpened(_tenant, default, "front"));
        var dispatching = Dispatcher.DispatchAsync(_tenant, Ct);
        await Eventually.HoldsAsync(() => Heard.IsWaiting, Ct);
        await _tenants.RunAsync(_tenant, "update outbox set due_at = now() - interval '1 second'", null, Ct);   // half a minute later

        await Eventually.HoldsAsync(async () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            return await _tenants.FindAsync<bool>(_tenant, "select bool_and(due_at > now() + interval '20 seconds') from outbox", null, Ct);
        }, Ct);
        Heard.Gate.SetResult();
        Assert.Equal(2, await dispatching);
        Assert.Equal(["front"], Heard.Doors);
    }

    [Fact]
    public void Waiting_times_double_up_to_an_hour_and_then_end()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), OutboxRetry.Delay(1, jitter: 0.5));
        Assert.Equal(TimeSpan.FromSeconds(8), OutboxRetry.Delay(3, jitter: 0.5));
        Assert.Equal(TimeSpan.FromHours(1), OutboxRetry.Delay(15, jitter: 0.5));
        Assert.Null(OutboxRetry.Delay(16, jitter: 0.5));
    }

    private async Task TellAsync(IEvent e)
    {
        await using var transaction = await _tenants.BeginAsync(_tenant, Ct);
        await transaction.TellAsync(e, Ct);
        await transaction.CommitAsync(Ct);
    }

    private Task MakeDueAsync() => _tenants.RunAsync(_tenant, "update outbox set due_at = now() where not is_parked", null, Ct);

    private sealed record Waiting(string Hearer, int Attempts, string? LastFault, bool IsParked);
}

internal sealed record DoorOpened(TenantId Tenant, EmailIndex Email, string Door) : IEvent;

internal sealed class Heard
{
    private readonly Lock _lock = new();

    public List<string> Doors { get; } = [];

    public DoorOpened? Last { get; private set; }

    public int FailuresLeft { get; set; }

    public int Tries { get; set; }

    /// <summary>What a hearer waits for; null: for nothing.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public bool IsWaiting { get; set; }

    public void Add(DoorOpened e)
    {
        lock (_lock)
        {
            Doors.Add(e.Door);
            Last = e;
        }
    }
}

internal sealed class Counts(Heard heard) : IHandle<DoorOpened>
{
    public async Task HandleAsync(DoorOpened e, CancellationToken ct)
    {
        heard.IsWaiting = heard.Gate is not null;
        if (heard.Gate is { } gate) await gate.Task.WaitAsync(ct);
        heard.Add(e);
    }
}

internal sealed class Fails(Heard heard) : IHandle<DoorOpened>
{
    public Task HandleAsync(DoorOpened e, CancellationToken ct)
    {
        heard.Tries++;
        return heard.FailuresLeft-- > 0 ? throw new InvalidOperationException("the hinge squeaks") : Task.CompletedTask;
    }
}
