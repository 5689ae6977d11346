using Modular.Compliance.Auditing;
using Modular.Kernel.Auditing;
using Modular.Testing;
using Npgsql;

namespace Modular.Compliance.Tests.Auditing;

public sealed class AuditTrailTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly FakeClock _clock = new();
    private TestDatabase _database = null!;   // set before each test
    private TenantId _acme;
    private AuditTrail _trail = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _acme = await _database.NewTenantAsync(Ct);
        _trail = new AuditTrail(_database.Tenants, _database.Sealer, _clock);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_deed_is_read_as_it_was_recorded()
    {
        await RecordAsync(new AuditEntry("user:ann@acme.example", "campaign.sent", "campaign/7", "20,000 recipients"));

        var deed = Assert.Single(await _trail.PageAsync(_acme, null, null, 10, Ct));
        Assert.Equal((_clock.GetUtcNow(), "user:ann@acme.example", "campaign.sent", "campaign/7", "20,000 recipients"), (deed.At, deed.Actor, deed.Action, deed.Subject, deed.Detail));
    }

    [Fact]
    public async Task A_deed_that_is_undone_leaves_no_record()
    {
        await using (var tx = await _database.Tenants.BeginAsync(_acme, Ct))
            await _trail.AppendAsync(tx, new AuditEntry("system", "campaign.sent", "campaign/7"), Ct);

        Assert.Empty(await _trail.PageAsync(_acme, null, null, 10, Ct));
    }

    [Fact]
    public async Task Who_it_was_is_sealed_and_only_what_they_are_stands_in_clear()
    {
        await RecordAsync(new AuditEntry("user:ann@acme.example", "campaign.sent", "campaign/7"));
        var row = await _database.Tenants.FindAsync<string>(_acme, "select audit::text || encode(actor_sealed, 'escape') from audit", null, Ct);

        Assert.DoesNotContain("ann", row, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(",user,", row, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update audit set action = 'nothing.happened'")]
    [InlineData("delete from audit")]
    [InlineData("truncate audit")]
    [InlineData("insert into audit select * from audit on conflict (audit_id) do update set action = 'nothing.happened'")]
    [InlineData("merge into audit a using audit b on a.audit_id = b.audit_id when matched then delete")]
    public async Task Nothing_that_a_request_can_reach_changes_or_removes_a_record(string statement)
    {
        await RecordAsync(new AuditEntry("system", "campaign.sent", "campaign/7"));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => _database.Tenants.RunAsync(_acme, statement, null, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        Assert.Single(await _trail.PageAsync(_acme, null, null, 10, Ct));
    }

    [Fact]
    public async Task It_is_read_in_pages_and_by_action_the_latest_first()
    {
        for (var i = 0; i < 9; i++) await RecordAsync(new AuditEntry("system", i % 3 == 0 ? "import.finished" : "campaign.sent", $"thing/{i}"));

        var first = await _trail.PageAsync(_acme, null, null, 5, Ct);
        var second = await _trail.PageAsync(_acme, null, first[^1].Id, 5, Ct);
        Assert.Equal(Enumerable.Range(0, 9).Reverse().Select(i => $"thing/{i}"), first.Concat(second).Select(d => d.Subject));
        Assert.Equal(["thing/6", "thing/3", "thing/0"], (await _trail.PageAsync(_acme, "import.finished", null, 10, Ct)).Select(d => d.Subject));
        Assert.Equal(["campaign.sent", "import.finished"], await _trail.ActionsAsync(_acme, Ct));
    }

    [Fact]
    public async Task An_empty_trail_has_no_actions() => Assert.Empty(await _trail.ActionsAsync(_acme, Ct));

    private async Task RecordAsync(AuditEntry entry)
    {
        await using var tx = await _database.Tenants.BeginAsync(_acme, Ct);
        await _trail.AppendAsync(tx, entry, Ct);
        await tx.CommitAsync(Ct);
    }
}
