using Microsoft.Extensions.DependencyInjection;
using Modular.Testing;
using Npgsql;

namespace Modular.Tenancy.Tests.Isolation;

/// <summary>
/// With plain SQL under a tenant's own login, everything that PostgreSQL's catalogue knows is tried: each table, view and sequence of the other tenant and of
/// the system. A module that is added tomorrow is tried too.
/// </summary>
public sealed class IsolationTests(TwoTenants suite, PostgresFixture postgres) : IClassFixture<TwoTenants>
{
    private const string Relations = """
        select n.nspname || '.' || quote_ident(c.relname) as name, c.relkind = 'S' as is_sequence
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p', 'v', 'm', 'S')
           and n.nspname !~ '^pg_'
           and n.nspname not in ('information_schema', @own)
         order by 1
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("acme")]
    [InlineData("globex")]
    public async Task Nothing_of_the_other_tenant_or_of_the_system_can_be_read_or_written(string who)
    {
        var (own, other) = who is "acme" ? (suite.Acme, suite.Globex) : (suite.Globex, suite.Acme);
        var relations = await suite.System.ListAsync<Relation>(Relations, new { own = own.Schema }, Ct);
        Assert.Contains(relations, r => r.Name == other.Schema + ".outbox");
        Assert.Contains(relations, r => r.Name == other.Schema + ".suppression");
        Assert.Contains(relations, r => r.Name == other.Schema + ".id_seq");
        Assert.Contains(relations, r => r.Name == "tenancy.user_account");
        Assert.Contains(relations, r => r.Name == "tenancy.data_protection_key");

        await using var connection = await suite.LogInAsync(own);
        var got = new List<string>();
        foreach (var relation in relations)
        {
            foreach (var statement in relation.IsSequence ? OnSequence(relation.Name) : OnTable(relation.Name))
            {
                if (await RunAsync(connection, statement) is not PostgresErrorCodes.InsufficientPrivilege and var state) got.Add($"{statement} → {state ?? "done"}");
            }
        }

        Assert.Empty(got);
    }

    [Fact]
    public async Task Its_own_room_is_open_to_each()
    {
        foreach (var tenant in new[] { suite.Acme, suite.Globex })
        {
            await using var connection = await suite.LogInAsync(tenant);
            Assert.Null(await RunAsync(connection, "select count(*) from suppression"));
            Assert.Null(await RunAsync(connection, "select nextval('id_seq')"));
        }
    }

    [Theory]
    [InlineData("reset role; select * from {other}.suppression")]
    [InlineData("reset session authorization; select * from {other}.suppression")]
    [InlineData("reset role; set role {other}")]
    [InlineData("set local role {other}")]
    [InlineData("set session authorization {other}")]
    [InlineData("set session authorization default; set role {system}")]
    [InlineData("select set_config('role', '{other}', false)")]
    [InlineData("do $$ begin execute 'set role {other}'; end $$")]
    [InlineData("copy {other}.suppression to stdout")]
    [InlineData("copy (select 1) to program 'id'")]
    [InlineData("copy outbox from program 'id'")]
    [InlineData("copy outbox to '/tmp/outbox'")]
    [InlineData("select pg_read_file('/etc/passwd')")]
    [InlineData("select pg_read_binary_file('postgresql.conf')")]
    [InlineData("select pg_ls_dir('.')")]
    [InlineData("select lo_import('/etc/passwd')")]
    [InlineData("select * from pg_authid")]
    [InlineData("select * from pg_shadow")]
    [InlineData("select * from pg_file_settings")]
    [InlineData("create table public.mine (i int)")]
    [InlineData("create table mine (i int)")]
    [InlineData("create schema mine")]
    [InlineData("create role mine")]
    [InlineData("create extension dblink")]
    [InlineData("alter role {other} password 'known'")]
    [InlineData("alter role {own} superuser")]
    [InlineData("alter role {own} createrole")]
    [InlineData("alter role {own} connection limit 1000")]
    [InlineData("grant {other} to {own}")]
    [InlineData("grant usage on schema {other} to {own}")]
    [InlineData("alter default privileges for role {other} grant select on tables to {own}")]
    [InlineData("update audit set action = 'nothing.happened'")]
    [InlineData("delete from audit")]
    [InlineData("truncate audit")]
    [InlineData("drop table audit")]
    [InlineData("alter table audit disable trigger all")]
    [InlineData("select pg_terminate_backend(pid) from pg_stat_activity where usename = '{other}'")]
    [InlineData("select pg_cancel_backend(pid) from pg_stat_activity where usename = '{other}'")]
    public async Task A_statement_injected_behind_a_first_one_is_refused(string injected)
    {
        await using var neighbour = await suite.LogInAsync(suite.Globex);
        await using var connection = await suite.LogInAsync(suite.Acme);
        var second = injected
            .Replace("{own}", suite.Acme.Schema, StringComparison.Ordinal)
            .Replace("{other}", suite.Globex.Schema, StringComparison.Ordinal)
            .Replace("{system}", new NpgsqlConnectionStringBuilder(suite.Address).Username, StringComparison.Ordinal);

        // As a program would have written it that glued a user's text into its SQL.
        var state = await RunAsync(connection, $"select count(*) from outbox where hearer = '' ; {second}; --'");

        // The file functions speak of a privilege they lack, the session's of a role that is not theirs: one code for all.
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, state);
        Assert.Null(await RunAsync(neighbour, "select 1"));
    }

    [Theory]
    [InlineData("create database mine")]
    [InlineData("alter system set fsync = off")]
    [InlineData("checkpoint")]
    public async Task A_statement_that_must_stand_alone_is_refused_too(string statement)
    {
        await using var connection = await suite.LogInAsync(suite.Acme);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RunAsync(connection, statement));
    }

    [Fact]
    public async Task What_the_neighbour_runs_and_what_its_columns_hold_is_not_shown()
    {
        await using var neighbour = await suite.LogInAsync(suite.Globex);
        await RunAsync(neighbour, "select 'a secret of globex'");
        await using var connection = await suite.LogInAsync(suite.Acme);
        await using var command = new NpgsqlCommand("""
            select query from pg_stat_activity where usename is distinct from current_user
            union all select most_common_vals::text from pg_stats where schemaname like 't\_%' and schemaname <> current_schema()
            """, connection);
        await using var rows = await command.ExecuteReaderAsync(Ct);
        var seen = new List<string>();
        while (await rows.ReadAsync(Ct)) seen.Add(rows.IsDBNull(0) ? "" : rows.GetString(0));

        Assert.All(seen, text => Assert.True(text is "" or "<insufficient privilege>", text));
        Assert.Contains("<insufficient privilege>", seen);
    }

    [Fact]
    public async Task Another_database_of_ours_on_the_same_server_stays_closed()
    {
        await using var another = await postgres.NewDatabaseAsync(Ct);
        var name = new NpgsqlConnectionStringBuilder(another.OwnerConnectionString).Database;

        var refused = await Assert.ThrowsAsync<PostgresException>(() => suite.LogInAsync(suite.Acme, name));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task The_neighbours_password_is_not_ones_own()
    {
        var keys = suite.Services.GetRequiredService<IKeyStore>();
        var login = new NpgsqlConnectionStringBuilder(suite.Address) { Username = suite.Globex.Schema, Password = keys.DatabasePassword(suite.Acme), Pooling = false };
        await using var connection = new NpgsqlConnection(login.ConnectionString);

        Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(Ct))).SqlState);
    }

    private static string[] OnTable(string name) =>
    [
        $"select * from {name}", $"select count(*) from {name}", $"insert into {name} default values", $"delete from {name}", $"truncate {name}",
        $"do $$ begin lock table {name}; end $$", $"copy {name} to stdout", $"create table pg_temp.mine (like {name})", $"create temp view peek as select * from {name}", $"drop table {name}",
    ];

    private static string[] OnSequence(string name) =>
        [$"select nextval('{name}')", $"select setval('{name}', 1)", $"select last_value from {name}", $"alter sequence {name} restart", $"drop sequence {name}"];

    /// <returns>The error's code; null when it was done.</returns>
    private static async Task<string?> RunAsync(NpgsqlConnection connection, string statement)
    {
        try
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(Ct);
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }

    private sealed record Relation(string Name, bool IsSequence);
}
