using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Modular.Host.Migrating;
using Modular.Testing;
using Npgsql;

namespace Modular.Host.Tests;

/// <summary>A clone, its owner, and tenant migrations of the test's own behind those of the build.</summary>
internal sealed class MigratingBench : IAsyncDisposable
{
    private readonly TestKeys _keys = new();
    private readonly NpgsqlDataSource _owner;
    private readonly string _connectionString;

    private MigratingBench(string connectionString) => (_connectionString, _owner) = (connectionString, NpgsqlDataSource.Create(connectionString));

    public string Database => new NpgsqlConnectionStringBuilder(_connectionString).Database!;   // a clone always has a name

    public static async Task<MigratingBench> NewAsync(PostgresFixture postgres, CancellationToken ct) => new(await postgres.CloneAsync(ct));

    /// <summary>A start of the host with these tenant migrations.</summary>
    public async Task OpenAsync(IReadOnlyList<Migration> tenant, CancellationToken ct)
    {
        await using var owner = Owner(tenant);
        await owner.OpenAsync(_connectionString, ct);
    }

    public async Task<TenantId> ProvisionAsync(IReadOnlyList<Migration> migrations, CancellationToken ct)
    {
        await using var owner = Owner(migrations);
        await owner.OpenAsync(_connectionString, ct);
        var tenant = TenantId.NewRandom();
        await owner.ProvisionAsync(tenant, ct);
        return tenant;
    }

    public async Task<IReadOnlyList<string>> BreachesAsync(CancellationToken ct)
    {
        await using var connection = await _owner.OpenConnectionAsync(ct);
        return await CatalogueAssertion.FindAsync(connection, DatabaseRoles.Of(Database, _keys.Store), ct);
    }

    public string AddressOf(TenantId tenant) =>
        new NpgsqlConnectionStringBuilder(_connectionString) { Username = tenant.Schema, Password = _keys.Store.DatabasePassword(tenant) }.ConnectionString;

    public async Task RunAsync(string sql, CancellationToken ct)
    {
        await using var command = _owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task<string?> FindAsync(string sql, CancellationToken ct)
    {
        await using var command = _owner.CreateCommand(sql);
        return (await command.ExecuteScalarAsync(ct))?.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        _keys.Dispose();
    }

    private DatabaseOwner Owner(IReadOnlyList<Migration> tenant) => new(
        PostgresFixture.Migrations with { Tenant = [.. PostgresFixture.Migrations.Tenant, .. tenant] },
        _keys.Store, new ConfigurationBuilder().Build(), NullLogger<DatabaseOwner>.Instance);
}
