using Npgsql;

namespace Modular.Contacts.Lists;

internal sealed record ContactList(long ListId, string Name, long Contacts, DateTimeOffset CreatedAt);

/// <summary>A tenant's lists: made, renamed, deleted, joined and left. A list is who was put on it; a segment is who fulfils a condition.</summary>
internal sealed class ListBook(TenantDb db, TimeProvider time)
{
    public const int MaxNameChars = 120;

    private const int MaxChangedAtOnce = 10_000;

    private const string SelectAll = """
        select l.list_id, l.name, (select count(*) from list_member m where m.list_id = l.list_id) as contacts, l.created_at
          from list l where @ListId::bigint is null or l.list_id = @ListId order by lower(l.name)
        """;

    private const string FindOrAdd = """
        with made as (insert into list (name, created_at) values (@Name, @Now) on conflict (lower(name)) do nothing returning list_id)
        select list_id from made union all select list_id from list where lower(name) = lower(@Name) limit 1
        """;

    private const string Join = """
        insert into list_member (list_id, contact_id, added_at)
        select @ListId, c.contact_id, @Now from contact c where c.contact_id = any(@ContactIds)
            on conflict do nothing
        """;

    public Task<IReadOnlyList<ContactList>> AllAsync(TenantId tenant, CancellationToken ct) => db.ListAsync<ContactList>(tenant, SelectAll, new { ListId = (long?)null }, ct);

    public Task<ContactList?> FindAsync(TenantId tenant, long listId, CancellationToken ct) => db.FindAsync<ContactList>(tenant, SelectAll, new { ListId = (long?)listId }, ct);

    public async Task<long> FindOrAddAsync(TenantId tenant, string name, CancellationToken ct)
    {
        // A list made by someone else between the two halves is seen by the second try.
        var args = new { Name = name.Trim(), Now = time.GetUtcNow() };
        return await db.FindAsync<long?>(tenant, FindOrAdd, args, ct) ?? await db.FindAsync<long?>(tenant, FindOrAdd, args, ct)
            ?? throw new InvalidOperationException("A list was made and deleted at once, twice.");
    }

    public async Task<Result<ContactList>> AddAsync(TenantId tenant, string name, CancellationToken ct)
    {
        if (Check(name) is { } fault) return fault;
        try
        {
            var id = await db.FindAsync<long>(tenant, "insert into list (name, created_at) values (@Name, @Now) returning list_id", new { Name = name.Trim(), Now = time.GetUtcNow() }, ct);
            return new ContactList(id, name.Trim(), 0, time.GetUtcNow());
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new ListExists(name.Trim());
        }
    }

    public async Task<Result<ContactList>> RenameAsync(TenantId tenant, long listId, string name, CancellationToken ct)
    {
        if (Check(name) is { } fault) return fault;
        try
        {
            await db.RunAsync(tenant, "update list set name = @Name where list_id = @ListId", new { Name = name.Trim(), ListId = listId }, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new ListExists(name.Trim());
        }
        return await FindAsync(tenant, listId, ct) is { } list ? list : new NotFound("list");
    }

    public async Task<bool> DeleteAsync(TenantId tenant, long listId, CancellationToken ct) =>
        await db.RunAsync(tenant, "delete from list where list_id = @listId", new { listId }, ct) == 1;

    /// <returns>How many joined that were not on it.</returns>
    public async Task<Result<int>> JoinAsync(TenantId tenant, long listId, IReadOnlyCollection<long> contactIds, CancellationToken ct)
    {
        if (contactIds.Count is 0 or > MaxChangedAtOnce) return new TooManyAtOnce(MaxChangedAtOnce);
        if (await FindAsync(tenant, listId, ct) is null) return new NotFound("list");
        return await db.RunAsync(tenant, Join, new { ListId = listId, ContactIds = contactIds.ToArray(), Now = time.GetUtcNow() }, ct);
    }

    /// <returns>How many left that were on it.</returns>
    public async Task<Result<int>> LeaveAsync(TenantId tenant, long listId, IReadOnlyCollection<long> contactIds, CancellationToken ct)
    {
        if (contactIds.Count is 0 or > MaxChangedAtOnce) return new TooManyAtOnce(MaxChangedAtOnce);
        return await db.RunAsync(tenant, "delete from list_member where list_id = @listId and contact_id = any(@ids)", new { listId, ids = contactIds.ToArray() }, ct);
    }

    private static ListNameRefused? Check(string? name) => string.IsNullOrWhiteSpace(name) || name.Trim().Length > MaxNameChars || name.Any(char.IsControl) ? new ListNameRefused() : null;
}
