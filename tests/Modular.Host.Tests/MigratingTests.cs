using Modular.Host.Migrating;
using Modular.Testing;
using Npgsql;

namespace Modular.Host.Tests;

public sealed class MigratingTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly Migration First = Migration.Of("probe", "0001_probe.sql", "create table probe (id bigint primary key);");
    private static readonly Migration Second = Migration.Of("probe", "0002_more.sql", "alter table probe add column word text;");

    [Fact]
    public async Task A_tenant_that_is_behind_catches_up_and_keeps_its_rows()
    {
        await using var bench = await MigratingBench.NewAsync(postgres, Ct);
        var tenant = await bench.ProvisionAsync([First], Ct);
        await bench.RunAsync($"insert into {tenant.Schema}.probe values (7)", Ct);

        await bench.OpenAsync([First, Second], Ct);

        Assert.Equal("7 later", await bench.FindAsync($"update {tenant.Schema}.probe set word = 'later' returning id || ' ' || word", Ct));
    }

    [Fact]
    public async Task A_failing_migration_leaves_the_tenant_as_it_was_and_the_next_start_goes_on()
    {
        await using var bench = await MigratingBench.NewAsync(postgres, Ct);
        var tenant = await bench.ProvisionAsync([First], Ct);
        var broken = Migration.Of("probe", "0002_more.sql", "alter table probe add column word text; select 1 / 0;");

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => bench.OpenAsync([First, broken], Ct));
        Assert.Contains("probe/0002_more.sql failed in " + tenant.Schema, refused.Message, StringComparison.Ordinal);
        Assert.Equal("0", await bench.FindAsync($"select count(*) from information_schema.columns where table_schema = '{tenant.Schema}' and column_name = 'word'", Ct));

        await bench.OpenAsync([First, Second], Ct);
        Assert.Equal("1", await bench.FindAsync($"select count(*) from information_schema.columns where table_schema = '{tenant.Schema}' and column_name = 'word'", Ct));
    }

    [Fact]
    public async Task A_migration_that_was_changed_after_it_was_applied_is_refused_by_name()
    {
        await using var bench = await MigratingBench.NewAsync(postgres, Ct);
        await bench.ProvisionAsync([First], Ct);

        var refused = await Assert.ThrowsAsync<CannotStartException>(() =>
            bench.OpenAsync([Migration.Of("probe", "0001_probe.sql", "create table probe (id int);"), Second], Ct));

        Assert.Contains("probe/0001_probe.sql was changed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_ends_do_not_change_a_migrations_checksum() =>
        Assert.Equal(Migration.Of("a", "b", "select 1;\nselect 2;\n").Checksum, Migration.Of("a", "b", "select 1;\r\nselect 2;\r\n").Checksum);

    [Fact]
    public async Task Many_tenants_catch_up_together()
    {
        await using var bench = await MigratingBench.NewAsync(postgres, Ct);
        for (var i = 0; i < 12; i++)
            await bench.ProvisionAsync([First], Ct);

        await bench.OpenAsync([First, Second], Ct);

        Assert.Equal("12", await bench.FindAsync("select count(*) from information_schema.columns where table_name = 'probe' and column_name = 'word'", Ct));
    }

    [Fact]
    public async Task Two_processes_that_start_at_once_migrate_once()
    {
        await using var bench = await MigratingBench.NewAsync(postgres, Ct);
        var tenant = await bench.ProvisionAsync([First], Ct);

        await Task.WhenAll(bench.OpenAsync([First, Second], Ct), bench.OpenAsync([First, Second], Ct), bench.OpenAsync([First, Second], Ct));

        Assert.Equal("2", await bench.FindAsync($"select count(*) from {tenant.Schema}.migration where module = 'probe'", Ct));
    }

    [Fact]
    public async Task An_append_only_table_takes_rows_and_gives_none_up()
    {
        await using var bench = await MigratingBench.NewAsync(postgres, Ct);
        var tenant = await bench.ProvisionAsync([Migration.Of("probe", "0001_log.sql", "create table log (line text); comment on table log is 'append-only: who did what';")], Ct);

        await using var source = NpgsqlDataSource.Create(bench.AddressOf(tenant));
        await RunAsync(source, "insert into log values ('x')");
        foreach (var statement in new[] { "update log set line = 'y'", "delete from log", "truncate log" })
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => RunAsync(source, statement))).SqlState);
    }

    [Theory]
    [InlineData("grant usage on schema {a} to {b}", "may reach the schema")]
    [InlineData("grant select on {a}.outbox to {b}", "may use")]
    [InlineData("grant {a} to {b}", "is a member of")]
    [InlineData("grant select on {a}.outbox to public", "everybody may use")]
    [InlineData("grant usage on schema {a} to public", "everybody may reach")]
    [InlineData("grant usage on schema {a} to {system}", "may reach the schema")]
    [InlineData("alter role {b} connection limit -1", "no connection limit")]
    [InlineData("grant temporary on database {database} to public", "everybody may TEMPORARY")]
    [InlineData("alter role {b} createrole", "may do more")]
    public async Task A_hole_in_the_wall_refuses_the_start(string hole, string said)
    {
        await using var bench = await MigratingBench.NewAsync(postgres, Ct);
        var a = await bench.ProvisionAsync([First], Ct);
        var b = await bench.ProvisionAsync([First], Ct);
        Assert.Empty(await bench.BreachesAsync(Ct));

        await bench.RunAsync(hole.Replace("{a}", a.Schema, StringComparison.Ordinal).Replace("{b}", b.Schema, StringComparison.Ordinal)
            .Replace("{system}", bench.Database + "_system", StringComparison.Ordinal).Replace("{database}", bench.Database, StringComparison.Ordinal), Ct);

        Assert.Contains(await bench.BreachesAsync(Ct), breach => breach.Contains(said, StringComparison.Ordinal));
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
