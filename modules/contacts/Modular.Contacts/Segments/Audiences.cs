using Modular.Contacts.Fields;
using Npgsql;

namespace Modular.Contacts.Segments;

/// <inheritdoc cref="IAudiences"/>
internal sealed class Audiences(TenantDb db, ISealer sealer, SegmentBook segments) : IAudiences
{
    private const int MaxPage = 10_000;
    private const int CountPage = 5_000;

    private const string OnLists = "select distinct contact_id from list_member where list_id = any(@Lists) and contact_id = any(@Ids)";

    private const string ListNames = "select name from list where list_id = any(@Lists) order by lower(name)";

    public async Task<AudiencePage> ReadAsync(TenantId tenant, long? segmentId, IReadOnlyCollection<long>? within, long after, int size, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxPage);
        var (node, fields) = await segments.LoadAsync(tenant, segmentId, ct);
        return await PageAsync(new Reach(tenant, within?.ToArray()), node, fields, after, size, ct);
    }

    public async Task<string?> SegmentNameAsync(TenantId tenant, long segmentId, CancellationToken ct) => (await segments.FindAsync(tenant, segmentId, ct))?.Name;

    public async Task<IReadOnlyList<SegmentChoice>> SegmentsAsync(TenantId tenant, CancellationToken ct) =>
        [.. (await segments.AllAsync(tenant, ct)).Select(s => new SegmentChoice(s.SegmentId, s.Name))];

    public Task<AudienceSize> CountAsync(TenantId tenant, long? segmentId, IReadOnlyCollection<long>? within, CancellationToken ct) => CountAsync(new Reach(tenant, within?.ToArray()), segmentId, ct);

    public async Task<IReadOnlySet<long>> OnListsAsync(TenantId tenant, IReadOnlyCollection<long> lists, IReadOnlyCollection<long> contactIds, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(contactIds.Count, MaxPage);
        return (await db.ListAsync<long>(tenant, OnLists, new { Lists = lists.ToArray(), Ids = contactIds.ToArray() }, ct)).ToHashSet();
    }

    public Task<IReadOnlyList<string>> ListNamesAsync(TenantId tenant, IReadOnlyCollection<long> lists, CancellationToken ct) =>
        db.ListAsync<string>(tenant, ListNames, new { Lists = lists.ToArray() }, ct);

    public async Task<AudienceSize> CountAsync(Reach reach, long? segmentId, CancellationToken ct)
    {
        var (node, fields) = await segments.LoadAsync(reach.Tenant, segmentId, ct);
        return await CountAsync(reach, node, fields, ct);
    }

    /// <summary>As the contract's, for a segment that need not be stored.</summary>
    public async Task<AudienceSize> CountAsync(Reach reach, SegmentNode? node, FieldSet fields, CancellationToken ct)
    {
        var sql = SegmentSql.Compile(sealer, reach, node);
        if (sql.IsExact)
        {
            await using var connection = await db.OpenAsync(reach.Tenant, ct);
            await using var command = new NpgsqlCommand($"select count(*), count(*) filter (where c.status = 'active') from contact c where {sql.Condition}", connection);
            sql.AddTo(command);
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            return new AudienceSize(reader.GetInt64(0), reader.GetInt64(1));
        }
        var (contacts, active) = (0L, 0L);
        for (long? after = 0; after is { } at;)
        {
            var page = await PageAsync(reach, node, fields, at, CountPage, ct);
            contacts += page.Members.Count;
            active += page.Members.Count(m => m.Status is ContactStatus.Active);
            after = page.Last;
        }
        return new AudienceSize(contacts, active);
    }

    private async Task<AudiencePage> PageAsync(Reach reach, SegmentNode? node, FieldSet fields, long after, int size, CancellationToken ct)
    {
        var sql = SegmentSql.Compile(sealer, reach, node);
        var judged = sql.IsExact ? null : node;   // what SQL sees whole needs no profile opened
        await using var connection = await db.OpenAsync(reach.Tenant, ct);
        await using var command = new NpgsqlCommand($"""
            select c.contact_id, c.email_index, c.domain, c.status{(judged is null ? "" : Judged)}
              from contact c where c.contact_id > @after and {sql.Condition}
             order by c.contact_id limit @size
            """, connection);
        command.Parameters.AddWithValue("after", after);
        command.Parameters.AddWithValue("size", size);
        if (judged is not null) command.Parameters.AddWithValue("lists", SegmentPredicate.Lists(judged).Distinct().ToArray());
        sql.AddTo(command);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var members = new List<AudienceMember>();
        var (seen, last) = (0, 0L);
        while (await reader.ReadAsync(ct))
        {
            seen++;
            last = reader.GetInt64(0);
            var member = new AudienceMember(last, new EmailIndex(reader.GetGuid(1)), reader.GetString(2), Status(reader.GetString(3)));
            if (judged is null || SegmentPredicate.Holds(judged, Subject(reader, reach.Tenant, member, fields))) members.Add(member);
        }
        return new AudiencePage(members, seen == size ? last : null);
    }

    private const string Judged = """
        , c.profile, c.open_fields::text, c.created_at,
               array(select m.list_id from list_member m where m.contact_id = c.contact_id and m.list_id = any(@lists))
        """;

    private SegmentSubject Subject(NpgsqlDataReader reader, TenantId tenant, AudienceMember member, FieldSet fields)
    {
        var profile = OpenedProfile.Open(sealer, tenant, member.ContactId, reader.GetFieldValue<byte[]>(4), reader.IsDBNull(5) ? null : reader.GetString(5), fields);
        return new SegmentSubject(profile.Email, member.Status, reader.GetFieldValue<DateTimeOffset>(6), reader.GetFieldValue<long[]>(7).ToHashSet(), profile.Fields);
    }

    private static ContactStatus Status(string word) => ContactStatusWords.FromWord(word) ?? throw new InvalidOperationException($"A contact has the unknown status {word}.");
}
