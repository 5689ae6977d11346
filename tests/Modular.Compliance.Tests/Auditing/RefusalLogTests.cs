using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Modular.Compliance.Auditing;
using Modular.Kernel.Auditing;
using Modular.Testing;

namespace Modular.Compliance.Tests.Auditing;

public sealed class RefusalLogTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly RefusalLog _log = new();
    private AuditRoom _room = null!;   // set before each test
    private RefusalWorker _worker = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await AuditRoom.OpenAsync(postgres);
        _worker = new RefusalWorker(_log, _room.Trail, _room.Trail, _room.Database.Tenants, _room.Database.System, _room.Clock, NullLogger<RefusalWorker>.Instance);
    }

    public ValueTask DisposeAsync()
    {
        _worker.Dispose();
        return _room.DisposeAsync();
    }

    [Fact]
    public async Task Equal_refusals_are_one_record_with_their_number()
    {
        for (var i = 0; i < 1000; i++) Refuse("user:ann@acme.example", $"192.0.2.{i % 200}");
        Refuse("user:ann@acme.example", "198.51.100.1");
        await _worker.FlushAsync(Ct);

        var deeds = await _room.ReadAsync();
        Assert.Equal(["wrong password", "wrong password (1000 times)"], deeds.Select(d => d.Detail).Order());
        Assert.All(deeds, d => Assert.Equal(("refused", "console"), (d.Outcome, d.Door)));
    }

    [Fact]
    public async Task A_flood_of_different_ones_fills_no_table()
    {
        for (var i = 0; i < 10_000; i++) Refuse($"user:{i}@acme.example", "192.0.2.7");
        await _worker.FlushAsync(Ct);
        for (var i = 0; i < 10_000; i++) Refuse($"user:{i}@globex.example", "192.0.2.7");
        await _worker.FlushAsync(Ct);

        var deeds = await _room.ReadAsync();
        Assert.InRange(deeds.Count, RefusalWorker.MostPerMinute, RefusalWorker.MostPerMinute + 1);
        Assert.Contains(deeds, d => d.Action == "refusals.flooded");

        _room.Clock.Advance(TimeSpan.FromMinutes(1));
        Refuse("user:ann@acme.example", "192.0.2.7");
        await _worker.FlushAsync(Ct);
        Assert.Equal("user:ann@acme.example", (await _room.ReadAsync())[0].Actor);
    }

    [Fact]
    public async Task What_belongs_to_no_tenant_is_the_installations()
    {
        _log.Refused(null, "anonymous", "access.refused", "rest", "the credentials are not valid");
        await _worker.FlushAsync(Ct);

        Assert.Empty(await _room.ReadAsync());
        Assert.Single(await _room.Reader.PageAsync(Trail.Installation, TrailSearch.All, null, 10, Ct));
    }

    [Fact]
    public async Task One_tenant_that_cannot_be_reached_costs_the_others_nothing()
    {
        _log.Refused(TenantId.NewRandom(), "user:ann", "sign-in.refused", "console", "wrong password");
        Refuse("user:ann@acme.example", "192.0.2.7");
        await _worker.FlushAsync(Ct);

        Assert.Single(await _room.ReadAsync());
    }

    private void Refuse(string actor, string address) =>
        _log.Refused(_room.Acme, actor, "sign-in.refused", "console", "wrong password", new AuditOrigin(AuditDoors.Console, IPAddress.Parse(address)));
}
