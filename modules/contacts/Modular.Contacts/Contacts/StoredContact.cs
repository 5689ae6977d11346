using Modular.Contacts.Fields;
using Modular.Contacts.Segments;

namespace Modular.Contacts;

/// <summary>A contact as the table holds it.</summary>
internal sealed record StoredContact
{
    public required long ContactId { get; init; }

    public required EmailIndex EmailIndex { get; init; }

    public required byte[] Profile { get; init; }

    public string? OpenFields { get; init; }

    public required string Status { get; init; }

    public DateTimeOffset StatusSince { get; init; }

    public string? StatusReason { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public long? ImportId { get; init; }

    public long? ImportLine { get; init; }

    public required long[] Lists { get; init; }

    /// <summary>On the table <c>contact c</c>.</summary>
    public const string Columns = """
        c.contact_id, c.email_index, c.profile, c.open_fields::text as open_fields, c.status, c.status_since, c.status_reason, c.created_at, c.updated_at,
        c.import_id, c.import_line, array(select m.list_id from list_member m where m.contact_id = c.contact_id) as lists
        """;

    public OpenedContact Open(ISealer sealer, TenantId tenant, FieldSet fields)
    {
        var profile = OpenedProfile.Open(sealer, tenant, ContactId, Profile, OpenFields, fields);
        return new OpenedContact(ContactId, profile.Email, ContactStatusWords.FromWord(Status) ?? throw new InvalidOperationException($"Contact {ContactId} has the unknown status {Status}."),
            StatusSince, StatusReason, CreatedAt, UpdatedAt, ImportId, ImportLine, Lists.ToHashSet(), profile.Fields);
    }
}

/// <summary>A contact with its profile opened.</summary>
internal sealed record OpenedContact(
    long ContactId, EmailAddress Email, ContactStatus Status, DateTimeOffset StatusSince, string? StatusReason, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    long? ImportId, long? ImportLine, IReadOnlySet<long> Lists, IReadOnlyDictionary<string, object> Fields)
{
    /// <summary>As one sees it whose reach is this: lists beyond it are not told.</summary>
    public OpenedContact As(Reach reach) => reach.IsWhole ? this : this with { Lists = Lists.Where(reach.Holds).ToHashSet() };

    public SegmentSubject Subject => new(Email, Status, CreatedAt, Lists, Fields);

    /// <summary>First and last name, as far as they are known; null when neither is.</summary>
    public string? FullName => $"{Fields.GetValueOrDefault("first_name") as string} {Fields.GetValueOrDefault("last_name") as string}".Trim() is { Length: > 0 } name ? name : null;
}

internal static class OpenedProfile
{
    /// <summary>The address and all fields that still exist, personal and open ones together.</summary>
    public static Profile Open(ISealer sealer, TenantId tenant, long contactId, byte[] profile, string? openFields, FieldSet fields)
    {
        var (email, personal) = ProfileCodec.Decode(sealer.Open(tenant, SealPurpose.Profile, contactId, profile));
        var all = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, value) in OpenFields.Read(openFields, fields)) all[name] = value;
        foreach (var (id, value) in personal)
        {
            if (fields.Find(id) is { } field) all[field.Name] = value;
        }
        return new Profile(contactId, EmailAddress.Parse(email), all);
    }
}
