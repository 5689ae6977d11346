using Npgsql;

namespace Modular.Host.Postgres;

/// <summary>Looks at a server that the operator brought, before anything is written to it.</summary>
internal static class ExternalPostgres
{
    private const string Facts = """
        select current_setting('server_version_num')::int / 10000,
               current_setting('fsync') = 'on',
               current_setting('full_page_writes') = 'on',
               (select rolcreaterole or rolsuper from pg_roles where rolname = current_user),
               (select pg_has_role(datdba, 'usage') from pg_database where datname = current_database()),
               current_user::text,
               current_database()::text
        """;

    /// <summary>Refuses a server that is too old, that may lose acknowledged mail in a power cut, or whose login may not make tenants.</summary>
    public static async Task CheckAsync(string connectionString, bool mustBeDurable, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        try
        {
            await connection.OpenAsync(ct);
        }
        catch (NpgsqlException e)
        {
            throw new CannotStartException($"The PostgreSQL named in Database:ConnectionString cannot be reached: {e.Message}", e);
        }

        await using var command = new NpgsqlCommand(Facts, connection);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var (user, database) = (row.GetString(5), row.GetString(6));
        if (row.GetInt32(0) < PostgresBinaries.OldestVersion)
            throw new CannotStartException($"The PostgreSQL named in Database:ConnectionString is version {row.GetInt32(0)}: {PostgresBinaries.OldestVersion} or newer is needed.");
        if (mustBeDurable && (!row.GetBoolean(1) || !row.GetBoolean(2)))
            throw new CannotStartException("The PostgreSQL named in Database:ConnectionString runs with fsync or full_page_writes off: a power cut would lose mail that was acknowledged. Turn both on.");
        if (!row.GetBoolean(3))
            throw new CannotStartException($"The login {user} may not make roles, and every tenant needs its own: alter role {user} createrole.");
        if (!row.GetBoolean(4))
            throw new CannotStartException($"The database {database} does not belong to the login {user}, which must close it to everybody else: alter database {database} owner to {user}.");
    }
}
