using Npgsql;

namespace Modular.Host.Postgres;

/// <summary>The database that the settings ask for, opened as its owner: the operator's server, or the private one of the data folder.</summary>
internal sealed class OpenDatabase : IAsyncDisposable
{
    private const string Name = "modular";
    private const string Owner = "modular_owner";

    private readonly PrivatePostgres? _private;

    private OpenDatabase(string ownerConnectionString, PrivatePostgres? server) => (OwnerConnectionString, _private) = (ownerConnectionString, server);

    /// <summary>Holds the DDL: for migrating alone.</summary>
    public string OwnerConnectionString { get; }

    /// <param name="asHost">True for the one process that serves from the data folder.</param>
    public static async Task<OpenDatabase> OpenAsync(
        IConfigurationSection settings, string dataFolder, IKeyStore keys, bool asHost, TimeProvider time, ILogger<PrivatePostgres> log, CancellationToken ct)
    {
        if (settings["ConnectionString"] is { Length: > 0 } configured)
        {
            // Tests turn durability off to be quick; nobody else should.
            await ExternalPostgres.CheckAsync(configured, mustBeDurable: settings.GetValue("RequireDurability", true), ct);
            return new(configured, server: null);
        }

        var operators = settings.GetSection("Settings").GetChildren().Where(s => s.Value is not null).ToDictionary(s => s.Key, s => s.Value!);
        var server = await PrivatePostgres.OpenAsync(Path.Combine(dataFolder, "postgres"), asHost, settings["Binaries"], operators, time, log, ct);
        try
        {
            return new(await OwnDatabaseAsync(server.ConnectionString, keys, ct), server);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>In the private server the suite is no superuser either: its database belongs to a login that may make roles and nothing more.</summary>
    private static async Task<string> OwnDatabaseAsync(string superuser, IKeyStore keys, CancellationToken ct)
    {
        var password = Migrating.DatabaseRoles.PasswordOf(Owner, keys);
        var owner = new NpgsqlConnectionStringBuilder(superuser) { Username = Owner, Password = password, Database = Name }.ConnectionString;
        await using var connection = new NpgsqlConnection(superuser + ";Pooling=false");
        await connection.OpenAsync(ct);
        if (!await ExistsAsync(connection, "select from pg_roles where rolname = $1", Owner, ct))
            await RunAsync(connection, $"create role {Owner} login createrole password '{Migrating.ScramVerifier.Of(password)}'", ct);
        if (!await ExistsAsync(connection, "select from pg_database where datname = $1", Name, ct))
            await RunAsync(connection, $"create database {Name} owner {Owner} template template0", ct);
        return owner;
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string query, string name, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select exists ({query})", connection) { Parameters = { new() { Value = name } } };
        return (bool)(await command.ExecuteScalarAsync(ct))!;   // exists is never null
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_private is not null)
            await _private.DisposeAsync();
    }
}
