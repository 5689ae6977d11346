using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Modular.Host.Migrating;

/// <summary>
/// The logins of one database. Its owner holds the DDL and is used for migrating alone; the system's runtime login reaches the modules' system schemas;
/// each tenant's login reaches that tenant's schema. None of the last two owns anything.
/// </summary>
internal sealed record DatabaseRoles(string Database, string SystemPassword)
{
    public string System => Database + "_system";

    /// <summary>A group without a login: what every tenant may do with the database itself, so that the database's own ACL stays short.</summary>
    public string Tenants => Database + "_tenants";

    public static DatabaseRoles Of(string database, Kernel.Sealing.IKeyStore keys) => new(database, PasswordOf(database + "_system", keys));

    /// <summary>The password of one of our own logins follows from the installation's key, so it is stored nowhere.</summary>
    public static string PasswordOf(string login, Kernel.Sealing.IKeyStore keys) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(keys.SystemKey(1).Key, Encoding.UTF8.GetBytes("database login " + login)));

    /// <summary>Makes the logins and closes the database to everybody else. Repeatable.</summary>
    public async Task PrepareAsync(NpgsqlConnection owner, CancellationToken ct)
    {
        await EnsureAsync(owner, Tenants, "nologin", ct);
        await EnsureAsync(owner, System, $"login connection limit 200 password '{ScramVerifier.Of(SystemPassword)}'", ct);
        await RunAsync(owner, $"""
            revoke all on database {Quoted(Database)} from public;
            revoke all on schema public from public;
            grant connect on database {Quoted(Database)} to {Quoted(System)};
            grant connect, temporary on database {Quoted(Database)} to {Quoted(Tenants)};
            alter default privileges revoke execute on functions from public;
            """, ct);
    }

    /// <summary>The tenant's login. Committed before its schema is made, as a distributed PostgreSQL wants it.</summary>
    /// <param name="connectionLimit">Of all processes together.</param>
    public async Task EnsureTenantAsync(NpgsqlConnection owner, string schema, string password, int connectionLimit, CancellationToken ct)
    {
        await EnsureAsync(owner, schema, $"login connection limit {connectionLimit} password '{ScramVerifier.Of(password)}'", ct);
        await RunAsync(owner, $"grant {Quoted(Tenants)} to {schema}; alter role {schema} in database {Quoted(Database)} set search_path = {schema}", ct);
    }

    private static async Task EnsureAsync(NpgsqlConnection owner, string role, string attributes, CancellationToken ct)
    {
        await using var find = new NpgsqlCommand("select exists (select from pg_roles where rolname = $1)", owner) { Parameters = { new() { Value = role } } };
        var exists = (bool)(await find.ExecuteScalarAsync(ct))!;
        await RunAsync(owner, $"{(exists ? "alter" : "create")} role {Quoted(role)} {attributes}", ct);
    }

    private static async Task RunAsync(NpgsqlConnection owner, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, owner);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Quoted(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
