using Modular.Compliance.Auditing;
using Modular.Kernel.Auditing;
using Modular.Testing;

namespace Modular.Compliance.Tests.Auditing;

/// <summary>What someone does who owns the database, and how it is found.</summary>
public sealed class TamperingTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Rows = 12;

    private AuditRoom _room = null!;   // set before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await AuditRoom.OpenAsync(postgres);
        for (var i = 1; i <= Rows; i++) await _room.RecordAsync(new AuditEntry("user:ann@acme.example", "campaign.sent", $"campaign/{i}", "news") { Before = "draft", After = "sent" });
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task A_trail_that_nobody_touched_is_whole()
    {
        var verdict = await _room.VerifyAsync();
        Assert.Empty(verdict.Faults);
        Assert.Equal((Rows, Rows), (verdict.Rows, verdict.Head.Seq));
    }

    [Theory]
    [InlineData("update audit set subject = 'campaign/99' where seq = 5", 5)]
    [InlineData("update audit set at = at - interval '1 hour' where seq = 5", 5)]
    [InlineData("update audit set detail = null where seq = 5", 5)]
    [InlineData("update audit set refused = true where seq = 1", 1)]
    [InlineData("update audit set actor_index = gen_random_uuid() where seq = 12", 12)]
    [InlineData("update audit set door = 'rest' where seq = 7", 7)]
    [InlineData("update audit set address_index = gen_random_uuid() where seq = 7", 7)]
    [InlineData("update audit set hash = sha256('x') where seq = 5", 5)]
    [InlineData("update audit set mac = decode(repeat('00', 16), 'hex') where seq = 5", 5)]
    [InlineData("update audit set commitment = decode(repeat('00', 16), 'hex') where seq = 5", 5)]
    [InlineData("update audit set content = set_byte(content, 20, get_byte(content, 20) # 1) where seq = 5", 5)]
    [InlineData("update audit a set content = b.content from audit b where a.seq = 5 and b.seq = 6", 5)]
    [InlineData("delete from audit where seq = 5", 5)]
    [InlineData("delete from audit where seq between 5 and 8", 5)]
    [InlineData("delete from audit where seq = 1", 1)]
    [InlineData("delete from audit where seq > 9", 10)]
    [InlineData("delete from audit", 1)]
    [InlineData("update audit set seq = seq + 1000 where seq >= 5; update audit set seq = seq - 1001 where seq > 1005; delete from audit where seq = 1005", 5)]
    [InlineData("update audit set seq = 1000 where seq = 5; update audit set seq = 5 where seq = 6; update audit set seq = 6 where seq = 1000", 5)]
    [InlineData("insert into audit select 13, at, actor_kind, actor_index, door, address_index, action, subject, detail, refused, content, commitment, hash, mac from audit where seq = 12", 13)]
    [InlineData("delete from audit where seq = 5; insert into audit select 5, at, actor_kind, actor_index, door, address_index, action, subject, detail, refused, content, commitment, hash, mac from audit where seq = 4", 5)]
    public async Task It_is_found_at_its_row(string sql, long row)
    {
        await _room.TamperAsync(sql);

        var verdict = await _room.VerifyAsync();
        Assert.Equal(row, verdict.Faults.Select(f => f.Seq).DefaultIfEmpty().Min());
    }

    [Fact]
    public async Task One_changed_row_is_one_fault()
    {
        await _room.TamperAsync("update audit set subject = 'campaign/99' where seq = 5");
        Assert.Equal(5, Assert.Single((await _room.VerifyAsync()).Faults).Seq);
    }

    [Fact]
    public async Task A_row_that_was_written_anew_from_the_start_without_the_keys_is_found()
    {
        // The whole chain after row 5 computed again, as anyone can: what nobody can make are the MACs.
        await _room.TamperAsync("update audit set subject = 'campaign/99', hash = sha256(hash) where seq = 5");
        Assert.Contains("without the keys", (await _room.VerifyAsync()).Faults[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anchor_that_was_set_back_with_the_rows_is_found_by_its_mac_and_one_that_is_missing_is_said()
    {
        await _room.TamperAsync("delete from audit where seq > 9; update compliance.audit_anchor set seq = 9");
        Assert.Contains("anchor", (await _room.VerifyAsync()).Faults[0].What, StringComparison.Ordinal);

        await _room.TamperAsync("delete from compliance.audit_anchor");
        Assert.Contains("no anchor", (await _room.VerifyAsync()).Faults[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_someone_noted_elsewhere_finds_what_the_database_no_longer_knows()
    {
        var noted = (await _room.VerifyAsync()).Head;
        Assert.True(TrailHead.TryParse(noted.ToString(), out var read));
        await _room.TamperAsync("delete from audit where seq > 9; delete from compliance.audit_anchor");
        await _room.Anchoring.ExtendSafelyAsync(_room.AcmesTrail, Ct);   // as the suite would go on

        Assert.True((await _room.VerifyAsync()).IsWhole);
        Assert.Equal(10, Assert.Single((await _room.VerifyAsync(read)).Faults).Seq);
    }

    [Fact]
    public async Task A_damaged_trail_is_anchored_no_further_and_grows_on()
    {
        await _room.TamperAsync("update audit set subject = 'campaign/99' where seq = 12");
        await _room.RecordAsync(new AuditEntry("system", "a.done", "a/1"));

        Assert.Equal(12, (await _room.Anchors.FindAsync(_room.AcmesTrail, Ct))!.Head.Seq);
        Assert.Equal(13, (await _room.ReadAsync())[0].Id);
        Assert.Equal(12, Assert.Single((await _room.VerifyAsync()).Faults).Seq);
    }

    [Fact]
    public async Task What_is_sealed_can_be_sealed_anew_and_the_chain_stands()
    {
        _room.Database.Keys.Rotate(_room.Acme);
        var row = await _room.Database.Tenants.FindAsync<byte[]>(_room.Acme, "select content from audit where seq = 5", null, Ct);
        var anew = _room.Database.Sealer.Seal(_room.Acme, TrailKeys.Purpose, 5, _room.Database.Sealer.Open(_room.Acme, TrailKeys.Purpose, 5, row));
        await _room.TamperAsync($"update audit set content = decode('{Convert.ToHexString(anew)}', 'hex') where seq = 5");

        Assert.True((await _room.VerifyAsync()).IsWhole);
        Assert.Equal("user:ann@acme.example", (await _room.ReadAsync()).Single(d => d.Id == 5).Actor);
    }

    [Fact]
    public async Task Many_writers_at_once_make_one_chain()
    {
        const int writers = 16, each = 10;
        await Parallel.ForEachAsync(Enumerable.Range(0, writers), new ParallelOptions { MaxDegreeOfParallelism = writers, CancellationToken = Ct }, async (writer, _) =>
        {
            for (var i = 0; i < each; i++) await _room.RecordAsync(new AuditEntry($"user:{writer}", "a.done", $"a/{i}"), new AuditEntry($"user:{writer}", "b.done", $"b/{i}"));
        });

        var verdict = await _room.VerifyAsync();
        Assert.Empty(verdict.Faults);
        Assert.Equal(Rows + (2 * writers * each), verdict.Rows);
    }

    [Fact]
    public async Task Who_appends_first_and_who_appends_last_never_stand_in_a_circle()
    {
        await _room.TamperAsync($"create table shared (id int primary key, n int); insert into shared values (1, 0); grant select, update on shared to {_room.Acme.Schema}");

        await Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct }, async (i, _) =>
        {
            await using var tx = await _room.Database.Tenants.BeginAsync(_room.Acme, Ct);
            if (i % 2 == 0) await _room.Trail.AppendAsync(tx, new AuditEntry("system", "a.done", $"a/{i}"), Ct);
            await tx.RunAsync("update shared set n = n + 1 where id = 1", null, Ct);
            if (i % 2 == 1) await _room.Trail.AppendAsync(tx, new AuditEntry("system", "a.done", $"a/{i}"), Ct);
            await tx.CommitAsync(Ct);
        });

        Assert.Equal(Rows + 40, (await _room.VerifyAsync()).Rows);
    }
}
