using Modular.Testing;

namespace Modular.Tenancy.Tests;

/// <summary>Before each test a database, a clock and the module's own parts on them.</summary>
/// <param name="begin">What the clock says first; null: as <see cref="FakeClock"/> has it.</param>
public abstract class RoomTests(PostgresFixture postgres, DateTimeOffset? begin = null) : IAsyncLifetime
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected FakeClock Clock { get; } = begin is { } at ? new FakeClock(at) : new FakeClock();

    private protected TestDatabase Database { get; private set; } = null!;   // InitializeAsync sets both

    private protected TenancyRoom Room { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.NewDatabaseAsync(Ct);
        Room = new TenancyRoom(Database, Clock);
        await FurnishAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Room.Dispose();
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What each test of the class begins with.</summary>
    protected virtual Task FurnishAsync() => Task.CompletedTask;
}
