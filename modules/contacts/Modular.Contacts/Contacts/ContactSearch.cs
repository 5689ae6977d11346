using Modular.Contacts.Fields;
using Modular.Contacts.Segments;
using Npgsql;

namespace Modular.Contacts;

/// <param name="Text">An address, or part of an address or a name; null for no search.</param>
internal sealed record ContactFilter(string? Text = null, ContactStatus? Status = null, long? ListId = null, SegmentNode? Segment = null)
{
    public bool IsEmpty => this == new ContactFilter();
}

/// <param name="Last">Pass it as <c>after</c> for the next page; null when this was the last.</param>
/// <param name="IsCut">The search gave up after <see cref="ContactSearch.MaxOpened"/> profiles: there may be more, behind <paramref name="Last"/>.</param>
internal sealed record ContactPage(IReadOnlyList<OpenedContact> Contacts, long? Last, bool IsCut);

internal sealed record StatusCounts(long Active, long Bounced, long Unsubscribed, long Complained)
{
    public long All => Active + Bounced + Unsubscribed + Complained;
}

/// <summary>
/// Finds contacts for people: pages by key. A whole address is found by its blind index; part of a name or address is in no index, so profiles are
/// opened one after the other, a bounded number for each page.
/// </summary>
internal sealed class ContactSearch(TenantDb db, ISealer sealer, FieldBook fieldBook)
{
    /// <summary>Profiles that one page opens, at most.</summary>
    public const int MaxOpened = 20_000;

    private const int StepRows = 1_000;

    private const string CountAll = """
        select count(*) filter (where c.status = 'active') as active, count(*) filter (where c.status = 'bounced') as bounced,
               count(*) filter (where c.status = 'unsubscribed') as unsubscribed, count(*) filter (where c.status = 'complained') as complained
          from contact c
        """;

    public async Task<StatusCounts> CountAsync(Reach reach, CancellationToken ct)
    {
        var sql = SegmentSql.Compile(sealer, reach, null);
        await using var connection = await db.OpenAsync(reach.Tenant, ct);
        await using var command = new NpgsqlCommand($"{CountAll} where {sql.Condition}", connection);
        sql.AddTo(command);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new StatusCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    /// <param name="size">1 to 1,000.</param>
    public async Task<ContactPage> ReadAsync(Reach reach, ContactFilter filter, long after, int size, CancellationToken ct)
    {
        var fields = await fieldBook.LoadAsync(reach.Tenant, ct);
        var email = EmailAddress.TryParse(filter.Text, out var whole, out _) ? whole : null;
        var part = email is null && !string.IsNullOrWhiteSpace(filter.Text) ? TextFold.Fold(filter.Text.Trim()) : null;
        var sql = SegmentSql.Compile(sealer, reach, filter.Segment);
        var found = new List<OpenedContact>();
        var opened = 0;
        while (true)
        {
            var step = part is null && sql.IsExact ? size - found.Count + 1 : StepRows;
            var rows = await StepAsync(reach.Tenant, filter, email, sql, after, step, fields, ct);
            foreach (var contact in rows)
            {
                if (found.Count == size) return new ContactPage(found, after, false);
                opened++;
                after = contact.ContactId;
                if ((filter.Segment is null || sql.IsExact || SegmentPredicate.Holds(filter.Segment, contact.Subject)) && (part is null || Mentions(contact, part))) found.Add(contact.As(reach));
            }
            if (rows.Count < step) return new ContactPage(found, null, false);
            if (opened >= MaxOpened) return new ContactPage(found, after, true);
        }
    }

    private async Task<IReadOnlyList<OpenedContact>> StepAsync(TenantId tenant, ContactFilter filter, EmailAddress? email, SegmentSql sql, long after, int size, FieldSet fields, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(tenant, ct);
        await using var command = new NpgsqlCommand($"""
            select {StoredContact.Columns}
              from contact c
             where c.contact_id > @after and {sql.Condition}
                   {(email is null ? "" : "and c.email_index = @email")}
                   {(filter.Status is null ? "" : "and c.status = @status")}
                   {(filter.ListId is null ? "" : "and exists (select 1 from list_member m where m.list_id = @list and m.contact_id = c.contact_id)")}
             order by c.contact_id limit @size
            """, connection);
        command.Parameters.AddWithValue("after", after);
        command.Parameters.AddWithValue("size", size);
        if (email is not null) command.Parameters.AddWithValue("email", sealer.Index(tenant, email).Value);
        if (filter.Status is { } status) command.Parameters.AddWithValue("status", status.Word());
        if (filter.ListId is { } list) command.Parameters.AddWithValue("list", list);
        sql.AddTo(command);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<OpenedContact>(Math.Min(size, StepRows));
        while (await reader.ReadAsync(ct)) rows.Add(Row(reader).Open(sealer, tenant, fields));
        return rows;
    }

    private static StoredContact Row(NpgsqlDataReader r) => new()
    {
        ContactId = r.GetInt64(0),
        EmailIndex = new EmailIndex(r.GetGuid(1)),
        Profile = r.GetFieldValue<byte[]>(2),
        OpenFields = Text(r, 3),
        Status = r.GetString(4),
        StatusSince = r.GetFieldValue<DateTimeOffset>(5),
        StatusReason = Text(r, 6),
        CreatedAt = r.GetFieldValue<DateTimeOffset>(7),
        UpdatedAt = r.GetFieldValue<DateTimeOffset>(8),
        ImportId = Id(r, 9),
        ImportLine = Id(r, 10),
        Lists = r.GetFieldValue<long[]>(11),
    };

    private static string? Text(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? null : r.GetString(at);

    private static long? Id(NpgsqlDataReader r, int at) => r.IsDBNull(at) ? null : r.GetInt64(at);

    private static bool Mentions(OpenedContact contact, string part) =>
        TextFold.Fold(contact.Email.Text).Contains(part, StringComparison.Ordinal)
        || contact.FullName is { } name && name.Contains(part, StringComparison.CurrentCultureIgnoreCase);
}
