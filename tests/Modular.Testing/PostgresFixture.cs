using Microsoft.Extensions.Logging.Abstractions;
using Modular.Host;
using Modular.Host.Loading;
using Modular.Host.Migrating;
using Modular.Host.Postgres;
using Npgsql;
using Xunit;

namespace Modular.Testing;

/// <summary>
/// One PostgreSQL for each test process, in /tmp and without durability, with one migrated template; each class clones it. Register it in the test
/// assembly with <c>[assembly: AssemblyFixture(typeof(PostgresFixture))]</c> and take it in a constructor.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private const string Template = "modular_template";
    private const string Owner = "test_owner";
    private const string OwnerPassword = "only-in-tests";

    private readonly TestFolder _folder = new("postgres");
    private PrivatePostgres? _server;
    private string? _missing;
    private int _databases;

    public async ValueTask InitializeAsync()
    {
        var quick = new Dictionary<string, string>
        {
            ["fsync"] = "off",
            ["synchronous_commit"] = "off",
            ["full_page_writes"] = "off",
            ["shared_buffers"] = "64MB",
            ["max_connections"] = "400",
        };
        await AbandonedServers.StopAsync(_folder.Path);
        try
        {
            _server = await PrivatePostgres.OpenAsync(_folder.Path, asHost: false, binaries: null, quick, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        }
        catch (CannotStartException e) when (Environment.GetEnvironmentVariable("CI") is not "true")
        {
            _missing = e.Message;   // a laptop without PostgreSQL skips these tests
            return;
        }

        await RunAsync($"create role {Owner} login createrole password '{OwnerPassword}'");
        await RunAsync($"create database {Template} owner {Owner} template template0");
        using var keys = new TestKeys();
        await using (var owner = new DatabaseOwner(Migrations, keys.Store, TestSettings.None, TestLog.Of<DatabaseOwner>()))
            await owner.OpenAsync(OwnerOf(Template), CancellationToken.None);
        NpgsqlConnection.ClearAllPools();   // a database that somebody is connected to cannot be cloned
    }

    /// <summary>A database of its own, migrated, without a tenant.</summary>
    public async Task<TestDatabase> NewDatabaseAsync(CancellationToken ct = default)
    {
        var connectionString = await CloneAsync(ct);
        return await TestDatabase.OpenAsync(connectionString, Migrations, ct);
    }

    /// <returns>The clone's address, as its owner.</returns>
    internal async Task<string> CloneAsync(CancellationToken ct)
    {
        Assert.SkipWhen(_missing is not null, _missing ?? "");
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await RunAsync($"create database {name} owner {Owner} template {Template} strategy wal_log", ct);
        return OwnerOf(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    internal static MigrationSet Migrations { get; } = MigrationSet.Of(ModuleLoader.Find(AppContext.BaseDirectory));

    private string SuperUser => _server!.ConnectionString;   // only asked for when it runs

    private string OwnerOf(string database) =>
        new NpgsqlConnectionStringBuilder(SuperUser) { Database = database, Username = Owner, Password = OwnerPassword }.ConnectionString;

    private async Task RunAsync(string sql, CancellationToken ct = default)
    {
        await using var connection = new NpgsqlConnection(SuperUser + ";Pooling=false");
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
