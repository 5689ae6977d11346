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
          from list l
         where (@ListId::bigint is null or l.list_id = @ListId)
           and (@Within::bigint[] is null or l.list_id = any(@Within))
         order by lower(l.name)
        """;

    private const string FindOrAdd = """
        with made as (insert into list (name, created_at) values (@Name, @Now) on conflict (lower(name)) do nothing returning list_id)
        select list_id from made union all select list_id from list where lower(name) = lower(@Name) limit 1
        """;

    private const string Join = """
        insert into list_member (list_id, contact_id, added_at)
        select @ListId, c.contact_id, @Now from contact c
         where c.contact_id = any(@ContactIds)
           and (@Within::bigint[] is null or exists (select 1 from list_member r where r.contact_id = c.contact_id and r.list_id = any(@Within)))   -- or a list would be a way to everybody
            on conflict do nothing
        """;

    public Task<IReadOnlyList<ContactList>> AllAsync(Reach reach, CancellationToken ct) => db.ListAsync<ContactList>(reach.Tenant, SelectAll, new { ListId = (long?)null, Within = reach.Lists }, ct);

    public Task<ContactList?> FindAsync(Reach reach, long listId, CancellationToken ct) => db.FindAsync<ContactList>(reach.Tenant, SelectAll, new { ListId = (long?)listId, Within = reach.Lists }, ct);

    public async Task<long> FindOrAddAsync(TenantId tenant, string name, CancellationToken ct)
    {
        // A list made by someone else between the two halves is seen by the second try.
        var args = new { Name = name.Trim(), Now = time.GetUtcNow() };
        return await db.FindAsync<long?>(tenant, FindOrAdd, args, ct) ?? await db.FindAsync<long?>(tenant, FindOrAdd, args, ct)
            ?? throw new InvalidOperationException("A list was made and deleted at once, twice.");
    }

    public async Task<Result<ContactList>> AddAsync(Reach reach, string name, CancellationToken ct)
    {
        if (!reach.IsWhole) return new NotWithinLimits(LimitKinds.Lists);   // it would be out of reach at once
        if (Check(name) is { } fault) return fault;
        try
        {
            var id = await db.FindAsync<long>(reach.Tenant, "insert into list (name, created_at) values (@Name, @Now) returning list_id", new { Name = name.Trim(), Now = time.GetUtcNow() }, ct);
            return new ContactList(id, name.Trim(), 0, time.GetUtcNow());
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new ListExists(name.Trim());
        }
    }

    public async Task<Result<ContactList>> RenameAsync(Reach reach, long listId, string name, CancellationToken ct)
    {
        if (!reach.Holds(listId)) return new NotFound("list");
        if (Check(name) is { } fault) return fault;
        try
        {
            await db.RunAsync(reach.Tenant, "update list set name = @Name where list_id = @ListId", new { Name = name.Trim(), ListId = listId }, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new ListExists(name.Trim());
        }
        return await FindAsync(reach, listId, ct) is { } list ? list : new NotFound("list");
    }

    public async Task<bool> DeleteAsync(Reach reach, long listId, CancellationToken ct) =>
        reach.Holds(listId) && await db.RunAsync(reach.Tenant, "delete from list where list_id = @listId", new { listId }, ct) == 1;

    /// <returns>How many joined that were not on it.</returns>
    public async Task<Result<int>> JoinAsync(Reach reach, long listId, IReadOnlyCollection<long> contactIds, CancellationToken ct)
    {
        if (contactIds.Count is 0 or > MaxChangedAtOnce) return new TooManyAtOnce(MaxChangedAtOnce);
        if (await FindAsync(reach, listId, ct) is null) return new NotFound("list");
        return await db.RunAsync(reach.Tenant, Join, new { ListId = listId, ContactIds = contactIds.ToArray(), Within = reach.Lists, Now = time.GetUtcNow() }, ct);
    }

    /// <returns>How many left that were on it.</returns>
    public async Task<Result<int>> LeaveAsync(Reach reach, long listId, IReadOnlyCollection<long> contactIds, CancellationToken ct)
    {
        if (contactIds.Count is 0 or > MaxChangedAtOnce) return new TooManyAtOnce(MaxChangedAtOnce);
        if (!reach.Holds(listId)) return new NotFound("list");
        return await db.RunAsync(reach.Tenant, "delete from list_member where list_id = @listId and contact_id = any(@ids)", new { listId, ids = contactIds.ToArray() }, ct);
    }

    private static ListNameRefused? Check(string? name) => string.IsNullOrWhiteSpace(name) || name.Trim().Length > MaxNameChars || name.Any(char.IsControl) ? new ListNameRefused() : null;
}
