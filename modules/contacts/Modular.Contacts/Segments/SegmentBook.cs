using Modular.Contacts.Fields;
using Modular.Kernel.Auditing;
using Npgsql;

namespace Modular.Contacts.Segments;

/// <param name="Definition">The segment language, as JSON.</param>
internal sealed record Segment(long SegmentId, string Name, string Definition, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A tenant's segments: read, checked, stored.</summary>
internal sealed class SegmentBook(TenantDb db, FieldBook fieldBook, IAudit audit, TimeProvider time)
{
    public const int MaxNameChars = 120;

    private const string Columns = "segment_id, name, definition::text as definition, created_at, updated_at";

    private const string Insert = """
        insert into segment (name, definition, created_at, updated_at) values (@Name, @Definition::jsonb, @Now, @Now) returning segment_id
        """;

    private const string Update = """
        update segment set name = @Name, definition = @Definition::jsonb, updated_at = @Now where segment_id = @SegmentId returning segment_id
        """;

    private const string UsingField = """
        select name from segment where jsonb_path_exists(definition, '$.**.field ? (@ == $name)', jsonb_build_object('name', @field::text)) order by name limit 1
        """;

    public Task<IReadOnlyList<Segment>> AllAsync(TenantId tenant, CancellationToken ct) =>
        db.ListAsync<Segment>(tenant, $"select {Columns} from segment order by lower(name)", null, ct);

    public Task<Segment?> FindAsync(TenantId tenant, long segmentId, CancellationToken ct) =>
        db.FindAsync<Segment>(tenant, $"select {Columns} from segment where segment_id = @segmentId", new { segmentId }, ct);

    /// <summary>A stored segment ready to be used, with the fields it was read against.</summary>
    /// <param name="segmentId">Null for everyone.</param>
    /// <exception cref="InvalidOperationException">It is gone, or cannot be read any more.</exception>
    public async Task<(SegmentNode? Node, FieldSet Fields)> LoadAsync(TenantId tenant, long? segmentId, CancellationToken ct)
    {
        var fields = await fieldBook.LoadAsync(tenant, ct);
        if (segmentId is not { } id) return (null, fields);
        var segment = await FindAsync(tenant, id, ct) ?? throw new InvalidOperationException($"There is no segment {id}.");
        var node = SegmentReader.Read(segment.Definition, fields);
        return node.Fault is { } fault ? throw new InvalidOperationException($"Segment {id} cannot be read any more. {fault.Detail}") : (node.Value, fields);
    }

    /// <param name="segmentId">Null for a new one.</param>
    public async Task<Result<Segment>> SaveAsync(TenantId tenant, long? segmentId, string? name, string definition, string actor, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > MaxNameChars) return new SegmentNameRefused();
        if (SegmentReader.Read(definition, await fieldBook.LoadAsync(tenant, ct)).Fault is { } fault) return fault;
        try
        {
            await using var tx = await db.BeginAsync(tenant, ct);
            var saved = await tx.FindAsync<long?>(segmentId is null ? Insert : Update, new { SegmentId = segmentId, Name = name.Trim(), Definition = definition, Now = time.GetUtcNow() }, ct);
            if (saved is not { } id) return new NotFound("segment");
            await audit.AppendAsync(tx, new AuditEntry(actor, segmentId is null ? "segment.added" : "segment.changed", $"segment/{id}", name.Trim()), ct);
            await tx.CommitAsync(ct);
            return await FindAsync(tenant, id, ct) is { } segment ? segment : new NotFound("segment");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new SegmentExists(name.Trim());
        }
    }

    public async Task<bool> DeleteAsync(TenantId tenant, long segmentId, string actor, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        if (await tx.RunAsync("delete from segment where segment_id = @segmentId", new { segmentId }, ct) == 0) return false;
        await audit.AppendAsync(tx, new AuditEntry(actor, "segment.deleted", $"segment/{segmentId}"), ct);
        await tx.CommitAsync(ct);
        return true;
    }

    /// <summary>The name of a segment that asks about this field; null when none does.</summary>
    public Task<string?> UsingAsync(TenantId tenant, string field, CancellationToken ct) => db.FindAsync<string>(tenant, UsingField, new { field }, ct);
}
