using Modular.Testing;
using Npgsql;

namespace Modular.Host.Tests;

/// <summary>Two tenants in one database.</summary>
public sealed class TwoTenants(PostgresFixture postgres) : IAsyncLifetime
{
    public TestDatabase Database { get; private set; } = null!;   // set before the first test

    public TenantId Acme { get; private set; }

    public TenantId Globex { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.NewDatabaseAsync();
        Acme = await Database.NewTenantAsync();
        Globex = await Database.NewTenantAsync();
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}

/// <summary>Plain SQL, under a tenant's own login, against everything that is not the tenant's.</summary>
public sealed class TenantIsolationTests(TwoTenants two) : IClassFixture<TwoTenants>
{
    private readonly TestDatabase _database = two.Database;
    private readonly TenantId _acme = two.Acme;
    private readonly TenantId _globex = two.Globex;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_reads_and_writes_its_own_tables_without_naming_a_schema()
    {
        await _database.Tenants.RunAsync(_acme, "insert into outbox (hearer, event) values ('x', '{}')", null, Ct);

        Assert.Equal(1, await _database.Tenants.FindAsync<long>(_acme, "select count(*) from outbox where hearer = 'x'", null, Ct));
        Assert.Equal(0, await _database.Tenants.FindAsync<long>(_globex, "select count(*) from outbox where hearer = 'x'", null, Ct));
    }

    [Theory]
    [InlineData("select * from {other}.outbox")]
    [InlineData("insert into {other}.outbox (hearer, event) values ('x', '{}')")]
    [InlineData("update {other}.outbox set attempts = 0")]
    [InlineData("delete from {other}.outbox")]
    [InlineData("truncate {other}.outbox")]
    [InlineData("drop table {other}.outbox")]
    [InlineData("begin; lock table {other}.outbox")]
    [InlineData("copy {other}.outbox to stdout")]
    [InlineData("select nextval('{other}.id_seq')")]
    [InlineData("select last_value from {other}.id_seq")]
    [InlineData("select setval('{other}.id_seq', 1)")]
    [InlineData("create table {other}.mine (id int)")]
    [InlineData("set role {other}")]
    [InlineData("set session authorization {other}")]
    [InlineData("alter role {other} password 'x'")]
    [InlineData("grant {other} to {own}")]
    [InlineData("select * from host.catch_up")]
    [InlineData("select * from pg_authid")]
    [InlineData("select pg_read_file('postgresql.conf')")]
    [InlineData("copy (select 1) to program 'true'")]
    [InlineData("create schema mine")]
    [InlineData("create role mine")]
    [InlineData("create table public.mine (id int)")]
    public async Task PostgreSQL_refuses_everything_else(string statement)
    {
        await RequireRefusedAsync(statement.Replace("{other}", _globex.Schema, StringComparison.Ordinal).Replace("{own}", _acme.Schema, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("drop table outbox")]
    [InlineData("alter table outbox add column x int")]
    [InlineData("truncate outbox")]
    [InlineData("create table mine (id int)")]
    [InlineData("create function mine() returns int language sql as 'select 1'")]
    [InlineData("select * from migration")]
    [InlineData("alter sequence id_seq restart with 1")]
    [InlineData("drop schema {own} cascade")]
    public async Task A_tenant_cannot_change_the_shape_of_its_own_room(string statement)
    {
        await RequireRefusedAsync(statement.Replace("{own}", _acme.Schema, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_statement_injected_behind_a_first_one_is_refused_and_leaves_nothing()
    {
        await _database.Tenants.RunAsync(_globex, "insert into outbox (hearer, event) values ('secret', '{}')", null, Ct);

        foreach (var injected in new[] { "reset role", "reset session authorization", "set search_path = " + _globex.Schema, "select 1" })
            await RequireRefusedAsync($"select count(*) from outbox where hearer = ''; {injected}; select * from {_globex.Schema}.outbox");

        Assert.Equal(1, await _database.Tenants.FindAsync<long>(_globex, "select count(*) from outbox where hearer = 'secret'", null, Ct));
    }

    [Theory]
    [InlineData("select * from {other}.outbox")]
    [InlineData("select * from {other}.migration")]
    [InlineData("set role {other}")]
    [InlineData("create table host.mine (id int)")]
    [InlineData("alter role {other} password 'x'")]
    public async Task The_systems_own_login_reaches_no_tenant_and_changes_no_table(string statement)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            _database.System.RunAsync(statement.Replace("{other}", _globex.Schema, StringComparison.Ordinal), null, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_tenants_login_is_limited_in_connections()
    {
        var limit = await _database.System.FindAsync<int>("select rolconnlimit from pg_roles where rolname = @role", new { role = _acme.Schema }, Ct);
        Assert.InRange(limit, TenantDb.MaxPoolSize, 200);
    }

    private async Task RequireRefusedAsync(string statement)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => _database.Tenants.RunAsync(_acme, statement, null, Ct));
        Assert.Contains(refused.SqlState, new[] { PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.UndefinedTable });
    }
}
