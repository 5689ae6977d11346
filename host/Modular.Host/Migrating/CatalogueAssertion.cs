using Npgsql;

namespace Modular.Host.Migrating;

/// <summary>
/// Asks PostgreSQL's catalogue, at every start, whether the walls between tenants stand. Each query returns what must not be; one row is enough to
/// refuse the start, because from then on a bug could read a neighbour's data.
/// </summary>
internal static class CatalogueAssertion
{
    /// <summary>
    /// The system's login (<c>$1</c>) and the tenants'. Logins are the whole server's: <c>ours</c> are those with a room in this database, <c>all_logins</c>
    /// those of any. <c>$2</c> is the tenants' group.
    /// </summary>
    private const string Ours = """
        with all_logins as (select * from pg_roles where rolname = $1 or rolname ~ '^t_[0-9a-hjkmnp-tv-z]{8}$'),
             ours as (select * from all_logins where rolname = $1 or rolname in (select nspname from pg_namespace))

        """;

    private static readonly string[] Queries =
    [
        Ours + """
        select format('the login %s may do more than read and write its tables', rolname)
          from ours where rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls
        """,
        Ours + """
        select format('the login %s has no connection limit', rolname) from ours where rolconnlimit < 1
        """,
        Ours + """
        select format('the login %s is a member of %s', ours.rolname, g.rolname)
          from ours join pg_auth_members m on m.member = ours.oid join pg_roles g on g.oid = m.roleid where g.rolname <> $2
        """,
        Ours + """
        select format('the login %s owns %s', rolname, o.name)
          from ours join (select relowner as owner, oid::regclass::text as name from pg_class
                          union all select nspowner, nspname::text from pg_namespace
                          union all select proowner, oid::regprocedure::text from pg_proc) o on o.owner = ours.oid
        """,
        Ours + """
        select format('the login %s may reach the schema %s', rolname, n.nspname)
          from pg_namespace n, aclexplode(n.nspacl) a join all_logins l on l.oid = a.grantee
         where case when l.rolname = $1 then n.nspname ~ '^t_[0-9a-hjkmnp-tv-z]{8}$' else n.nspname <> l.rolname end
        """,
        Ours + """
        select format('the login %s may use %s', rolname, c.oid::regclass)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a join all_logins l on l.oid = a.grantee
         where case when l.rolname = $1 then n.nspname ~ '^t_[0-9a-hjkmnp-tv-z]{8}$' else n.nspname <> l.rolname end
        """,
        """
        select format('everybody may reach the schema %s', n.nspname)
          from pg_namespace n, aclexplode(n.nspacl) a
         where a.grantee = 0 and n.nspname not in ('pg_catalog', 'information_schema')
        """,
        """
        select format('everybody may use %s', c.oid::regclass)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
         where a.grantee = 0 and n.nspname not in ('pg_catalog', 'information_schema')
        """,
        """
        select format('everybody may %s the database %s', a.privilege_type, d.datname)
          from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
         where d.datname = current_database() and a.grantee = 0
        """,
    ];

    public static async Task CheckAsync(NpgsqlConnection connection, DatabaseRoles roles, CancellationToken ct)
    {
        var breaches = await FindAsync(connection, roles, ct);
        if (breaches.Count > 0)
            throw new CannotStartException(
                "The database does not keep tenants apart, so the start is refused: " + string.Join("; ", breaches) +
                ". Take that right away (revoke …), or find out who gave it.");
    }

    /// <returns>At most twenty breaches, in words; none when all is well.</returns>
    public static async Task<IReadOnlyList<string>> FindAsync(NpgsqlConnection connection, DatabaseRoles roles, CancellationToken ct)
    {
        var breaches = new List<string>();
        foreach (var query in Queries)
        {
            await using var command = new NpgsqlCommand(query + " limit 20", connection);
            if (query.Contains("$1", StringComparison.Ordinal))
                command.Parameters.Add(new() { Value = roles.System });
            if (query.Contains("$2", StringComparison.Ordinal))
                command.Parameters.Add(new() { Value = roles.Tenants });
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (breaches.Count < 20 && await rows.ReadAsync(ct))
                breaches.Add(rows.GetString(0));
        }

        return breaches;
    }
}
