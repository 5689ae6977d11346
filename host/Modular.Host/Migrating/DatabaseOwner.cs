using Npgsql;

namespace Modular.Host.Migrating;

/// <summary>The database, as its owner: brings it up to date at the start, and makes rooms for new tenants. Request paths never hold this login.</summary>
internal sealed partial class DatabaseOwner(MigrationSet set, IKeyStore keys, IConfiguration settings, ILogger<DatabaseOwner> log) : ITenantProvisioning, IAsyncDisposable
{
    /// <summary>Session lock, so that of several processes that start at once one migrates and the others find it done.</summary>
    private const string Lock = "select pg_advisory_lock(hashtextextended('modular migrating', 0))";
    private const string Unlock = "select pg_advisory_unlock(hashtextextended('modular migrating', 0))";

    /// <summary>Connections of one tenant, of all processes together, unless <c>Database:TenantConnectionLimit</c> says otherwise.</summary>
    private const int UsualTenantLimit = 2 * TenantDb.MaxPoolSize;

    private NpgsqlDataSource? _source;

    private NpgsqlDataSource Source => _source ?? throw new InvalidOperationException("The database is not open yet.");

    /// <summary>Migrates the system and every tenant, and checks what PostgreSQL then holds. Returns the runtime login's address.</summary>
    public async Task<string> OpenAsync(string connectionString, CancellationToken ct)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "modular migrating",
            MaxPoolSize = 6,
            ConnectionIdleLifetime = 10,
            ConnectionPruningInterval = 5,
        });
        await using var connection = await ConnectAsync(ct);
        var roles = DatabaseRoles.Of(connection.Database, keys);
        await RunAsync(connection, Lock, ct);
        try
        {
            await roles.PrepareAsync(connection, ct);
            var migrations = await SystemSchemas.MigrateAsync(connection, set, roles, ct);
            var tenants = await TenantSchemas.MigrateAllAsync(_source, set, ct);
            if (migrations + tenants > 0)
                LogMigrated(log, migrations, tenants);
            await CatalogueAssertion.CheckAsync(connection, roles, ct);
        }
        finally
        {
            await RunAsync(connection, Unlock, CancellationToken.None);
        }

        return new NpgsqlConnectionStringBuilder(connectionString) { Username = roles.System, Password = roles.SystemPassword }.ConnectionString;
    }

    /// <summary>What the catalogue holds against the walls between tenants; nothing when all is well.</summary>
    public async Task<IReadOnlyList<string>> BreachesAsync(CancellationToken ct)
    {
        await using var connection = await ConnectAsync(ct);
        return await CatalogueAssertion.FindAsync(connection, DatabaseRoles.Of(connection.Database, keys), ct);
    }

    /// <summary>Tenants that have a schema here.</summary>
    public async Task<IReadOnlyList<TenantId>> RoomsAsync(CancellationToken ct)
    {
        await using var connection = await ConnectAsync(ct);
        return [.. (await TenantSchemas.ListAsync(connection, ct)).Select(s => TenantId.Parse(s["t_".Length..], null))];
    }

    public async Task ProvisionAsync(TenantId tenant, CancellationToken ct)
    {
        keys.Create(tenant);
        await using var connection = await ConnectAsync(ct);
        var roles = DatabaseRoles.Of(connection.Database, keys);
        await RunAsync(connection, Lock, ct);
        try
        {
            await roles.EnsureTenantAsync(connection, tenant.Schema, keys.DatabasePassword(tenant), settings.GetValue("Database:TenantConnectionLimit", UsualTenantLimit), ct);
            await TenantSchemas.MigrateAsync(connection, tenant.Schema, set, ct);
        }
        finally
        {
            await RunAsync(connection, Unlock, CancellationToken.None);
        }

        LogProvisioned(log, tenant);
    }

    public ValueTask DisposeAsync() => _source?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>A session of the owner, for what no login of a request may do.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(CancellationToken ct)
    {
        try
        {
            return await Source.OpenConnectionAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new CannotStartException(
                "The database refuses its owner's password, which follows from the installation's master key: the key store in the data folder is not the one " +
                "that this database was made with. Restore the folder 'keys' from where you keep it safe.", e);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };   // as long as the other process takes
        await command.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Database caught up: {Migrations} system migrations, {Tenants} tenants")]
    private static partial void LogMigrated(ILogger log, int migrations, int tenants);

    [LoggerMessage(Level = LogLevel.Information, Message = "Tenant {Tenant} has its schema and its login")]
    private static partial void LogProvisioned(ILogger log, TenantId tenant);
}
