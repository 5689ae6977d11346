namespace Modular.Contacts.DropFolder;

/// <summary>What a tenant takes up on the disk: its tables with their indexes, and its files.</summary>
internal sealed class StorageUse(TenantDb db, DropFolders folders)
{
    private const string Tables = """
        select coalesce(sum(pg_total_relation_size(oid)), 0)::bigint from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'm')
        """;

    /// <returns>Bytes.</returns>
    public async Task<long> FindAsync(TenantId tenant, CancellationToken ct) => await db.FindAsync<long>(tenant, Tables, null, ct) + folders.BytesOf(tenant);

    /// <summary>The same, with what the transaction has added.</summary>
    public async Task<long> FindAsync(TenantTransaction tx, CancellationToken ct) => await tx.FindAsync<long>(Tables, null, ct) + folders.BytesOf(tx.Tenant);
}
