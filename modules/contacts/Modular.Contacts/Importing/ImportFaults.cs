namespace Modular.Contacts.Importing;

/// <param name="Record">Which row of the source, the first being 1.</param>
internal sealed record StoredFault(long Record, long Line, string? Field, string Reason);

/// <summary>The rows that an import left out, in pages by key.</summary>
internal sealed class ImportFaults(TenantDb db)
{
    private const string NextPage = """
        select record, line, field, reason from import_fault where import_id = @importId and record > @after order by record limit @size
        """;

    public Task<IReadOnlyList<StoredFault>> ReadAsync(TenantId tenant, long importId, long after, int size, CancellationToken ct) =>
        db.ListAsync<StoredFault>(tenant, NextPage, new { importId, after, size }, ct);
}
