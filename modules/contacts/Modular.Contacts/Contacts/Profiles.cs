using Modular.Contacts.Fields;

namespace Modular.Contacts;

/// <inheritdoc cref="IProfiles"/>
internal sealed class Profiles(TenantDb db, ISealer sealer, FieldBook fieldBook) : IProfiles
{
    private const int MaxAtOnce = 1_000;

    private const string SelectById = "select contact_id, profile, open_fields::text from contact where contact_id = any(@Ids)";

    private const string SelectByEmail = "select contact_id, profile, open_fields::text from contact where email_index = @Index";

    public async Task<IReadOnlyList<Profile>> OpenAsync(TenantId tenant, IReadOnlyCollection<long> contactIds, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(contactIds.Count, MaxAtOnce);
        if (contactIds.Count == 0) return [];
        var fields = await fieldBook.LoadAsync(tenant, ct);
        var rows = await db.ListAsync<Row>(tenant, SelectById, new { Ids = contactIds.ToArray() }, ct);
        return [.. rows.Select(row => row.Open(sealer, tenant, fields))];
    }

    public async Task<Profile?> FindAsync(TenantId tenant, EmailAddress email, CancellationToken ct)
    {
        var row = await db.FindAsync<Row>(tenant, SelectByEmail, new { Index = sealer.Index(tenant, email) }, ct);
        return row?.Open(sealer, tenant, await fieldBook.LoadAsync(tenant, ct));
    }

    public async Task<IReadOnlyList<FieldDefinition>> FieldsAsync(TenantId tenant, CancellationToken ct) =>
        [.. (await fieldBook.LoadAsync(tenant, ct)).All.Select(f => f.Definition)];

    private sealed record Row(long ContactId, byte[] Profile, string? OpenFields)
    {
        public Profile Open(ISealer sealer, TenantId tenant, FieldSet fields) => OpenedProfile.Open(sealer, tenant, ContactId, Profile, OpenFields, fields);
    }
}
