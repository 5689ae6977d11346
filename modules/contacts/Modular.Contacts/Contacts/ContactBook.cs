using System.Text.Json;
using Modular.Compliance;
using Modular.Contacts.Fields;
using Modular.Kernel.Auditing;
using Npgsql;

namespace Modular.Contacts;

/// <summary>Single contacts, as REST and the console change them.</summary>
internal sealed class ContactBook(TenantDb db, ISealer sealer, FieldBook fieldBook, ISuppressionList suppressions, ContactQuota quota, IAudit audit, TimeProvider time)
{
    private const int MaxTries = 3;

    private const string SelectOne = $"select {StoredContact.Columns} from contact c where c.contact_id = @contactId";

    private const string SelectByEmail = $"select {StoredContact.Columns} from contact c where c.email_index = @Index";

    private const string Insert = """
        insert into contact (contact_id, email_index, domain, profile, open_fields, search, status, status_since, created_at, updated_at)
        values (@ContactId, @Index, @Domain, @Profile, @OpenFields::jsonb, @Search, 'active', @Now, @Now, @Now)
        on conflict (email_index) do nothing
        """;

    private const string Update = """
        update contact set email_index = @Index, domain = @Domain, profile = @Profile, open_fields = @OpenFields::jsonb, search = @Search, updated_at = @Now
         where contact_id = @ContactId and updated_at = @SeenAt   -- nobody changed it since it was opened
        """;

    private const string SetStatus = """
        update contact set status = @Status, status_since = @Now, status_reason = @Reason, updated_at = @Now where contact_id = @ContactId and status = @Before
        """;

    private const string Join = "insert into list_member (list_id, contact_id, added_at) select list_id, @ContactId, @Now from list where list_id = any(@Lists)";

    private const string AddHistory = "insert into contact_history (contact_id, at, what, detail, actor) values (@ContactId, @Now, @What, @Detail, @Actor)";

    public async Task<OpenedContact?> FindAsync(Reach reach, long contactId, CancellationToken ct)
    {
        var row = await LoadAsync(reach, contactId, ct);
        return row?.Open(sealer, reach.Tenant, await fieldBook.LoadAsync(reach.Tenant, ct)).As(reach);
    }

    public async Task<OpenedContact?> FindAsync(Reach reach, EmailAddress email, CancellationToken ct)
    {
        var row = await db.FindAsync<StoredContact>(reach.Tenant, SelectByEmail, new { Index = sealer.Index(reach.Tenant, email) }, ct);
        return row is null || !reach.Sees(row.Lists) ? null : row.Open(sealer, reach.Tenant, await fieldBook.LoadAsync(reach.Tenant, ct)).As(reach);
    }

    /// <summary>Adds the contact with this address, or lays the values over the one that has it. Its status stays as it is.</summary>
    /// <param name="lists">What a new contact joins, as far as they are within the reach: where that is limited, at least one has to be.</param>
    /// <returns>The contact's id, and whether it is new.</returns>
    public async Task<Result<(long ContactId, bool IsNew)>> UpsertAsync(
        Reach reach, string? address, IReadOnlyDictionary<string, JsonElement> values, IReadOnlyCollection<long> lists, string actor, CancellationToken ct)
    {
        var tenant = reach.Tenant;
        if (!EmailAddress.TryParse(address, out var email, out var reason)) return new AddressRefused(reason);
        var fields = await fieldBook.LoadAsync(tenant, ct);
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var stored = await db.FindAsync<StoredContact>(tenant, SelectByEmail, new { Index = sealer.Index(tenant, email) }, ct);
            if (stored is not null)
            {
                if (!reach.Sees(stored.Lists)) return new AddressOutside();
                var changed = await ChangeAsync(tenant, stored, null, values, fields, actor, ct);
                if (changed.Fault is ChangedMeanwhile) continue;
                return changed.Fault is { } fault ? fault : (stored.ContactId, false);
            }
            if (!reach.IsWhole && !lists.Any(reach.Holds)) return new ListNeeded();
            var change = ContactChange.New(email);
            if (Apply(change, values, fields) is { } refused) return refused;
            var added = await InsertAsync(tenant, email, change, fields, [.. lists.Where(reach.Holds)], actor, ct);
            if (added.Fault is { } full) return full;
            if (added.Value is { } contactId) return (contactId, true);
        }
        return new ChangedMeanwhile();
    }

    /// <summary>Changes what is named: fields (null clears one), the address, the status.</summary>
    public async Task<Result<bool>> PatchAsync(Reach reach, long contactId, string? address, string? status, IReadOnlyDictionary<string, JsonElement> values, string actor, CancellationToken ct)
    {
        var tenant = reach.Tenant;
        var stored = await LoadAsync(reach, contactId, ct);
        if (stored is null) return new NotFound("contact");
        EmailAddress? email = null;
        if (address is not null && !EmailAddress.TryParse(address, out email, out var reason)) return new AddressRefused(reason);
        if (status is not null && CheckStatus(stored.Status, status) is { } refused) return refused;
        var changed = await ChangeAsync(tenant, stored, email, values, await fieldBook.LoadAsync(tenant, ct), actor, ct);
        if (changed.Fault is not null) return changed;
        if (status is not null && status != stored.Status) await SetStatusAsync(tenant, stored, status, actor, ct);
        return true;
    }

    public async Task<Result<bool>> DeleteAsync(Reach reach, long contactId, string actor, CancellationToken ct)
    {
        if (await LoadAsync(reach, contactId, ct) is not { } stored) return new NotFound("contact");
        if (!stored.Lists.All(reach.Holds)) return new OnOtherLists();
        await using var tx = await db.BeginAsync(reach.Tenant, ct);
        if (await tx.RunAsync("delete from contact where contact_id = @contactId", new { contactId }, ct) == 0) return new NotFound("contact");
        await audit.AppendAsync(tx, new AuditEntry(actor, "contact.deleted", $"contact/{contactId}"), ct);
        await tx.CommitAsync(ct);
        return true;
    }

    /// <returns>Null when there is none, or it is out of reach.</returns>
    private async Task<StoredContact?> LoadAsync(Reach reach, long contactId, CancellationToken ct) =>
        await db.FindAsync<StoredContact>(reach.Tenant, SelectOne, new { contactId }, ct) is { } stored && reach.Sees(stored.Lists) ? stored : null;

    /// <returns>Null when somebody else has just added the address.</returns>
    private async Task<Result<long?>> InsertAsync(TenantId tenant, EmailAddress email, ContactChange change, FieldSet fields, long[] lists, string actor, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        if (await quota.CheckAsync(tx, 1, ct) is { } full) return full;
        var contactId = (await tx.NextIdsAsync(1, ct))[0];
        if (await tx.RunAsync(Insert, Args(tenant, contactId, email, change, fields, null), ct) == 0) return (long?)null;
        if (lists.Length > 0) await tx.RunAsync(Join, new { ContactId = contactId, Lists = lists, Now = time.GetUtcNow() }, ct);
        await tx.RunAsync(AddHistory, new { ContactId = contactId, Now = time.GetUtcNow(), What = "added", Detail = (string?)null, Actor = actor }, ct);
        await audit.AppendAsync(tx, new AuditEntry(actor, "contact.added", $"contact/{contactId}"), ct);
        await tx.CommitAsync(ct);
        return contactId;
    }

    /// <returns>Whether anything changed.</returns>
    private async Task<Result<bool>> ChangeAsync(TenantId tenant, StoredContact stored, EmailAddress? email, IReadOnlyDictionary<string, JsonElement> values, FieldSet fields, string actor, CancellationToken ct)
    {
        var change = ContactChange.Open(sealer.Open(tenant, SealPurpose.Profile, stored.ContactId, stored.Profile), stored.OpenFields, fields);
        if (email is not null) change.SetEmail(email);
        if (Apply(change, values, fields) is { } refused) return refused;
        if (!change.HasChanged) return false;
        try
        {
            await using var tx = await db.BeginAsync(tenant, ct);
            if (await tx.RunAsync(Update, Args(tenant, stored.ContactId, EmailAddress.Parse(change.Email), change, fields, stored.UpdatedAt), ct) == 0) return new ChangedMeanwhile();
            var names = string.Join(", ", values.Keys.Concat(email is null ? [] : ["email"]));
            await tx.RunAsync(AddHistory, new { stored.ContactId, Now = time.GetUtcNow(), What = "changed", Detail = names, Actor = actor }, ct);
            await audit.AppendAsync(tx, new AuditEntry(actor, "contact.changed", $"contact/{stored.ContactId}", names), ct);
            await tx.CommitAsync(ct);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new AddressTaken();
        }
    }

    private async Task SetStatusAsync(TenantId tenant, StoredContact stored, string status, string actor, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using (var tx = await db.BeginAsync(tenant, ct))
        {
            if (await tx.RunAsync(SetStatus, new { Status = status, Now = now, Reason = $"by {actor}", stored.ContactId, Before = stored.Status }, ct) == 0) return;
            await tx.RunAsync(AddHistory, new { stored.ContactId, Now = now, What = status, Detail = (string?)null, Actor = actor }, ct);
            await audit.AppendAsync(tx, new AuditEntry(actor, "contact.status", $"contact/{stored.ContactId}", status), ct);
            await tx.CommitAsync(ct);
        }
        if (status == "unsubscribed") await suppressions.SuppressAsync(tenant, [new Suppression(stored.EmailIndex, SuppressionReason.Unsubscribed, $"set by {actor}", now, stored.ContactId)], ct);
    }

    private static Fault? CheckStatus(string before, string after) => (before, after) switch
    {
        _ when before == after => null,
        ("active" or "bounced", "unsubscribed") => null,
        ("bounced", "active") => null,
        ("unsubscribed" or "complained", "active" or "unsubscribed") => new OptOutStands(before),
        _ => new StatusRefused(),
    };

    private static Fault? Apply(ContactChange change, IReadOnlyDictionary<string, JsonElement> values, FieldSet fields)
    {
        foreach (var (name, json) in values)
        {
            if (fields.Find(name) is not { } field) return new FieldUnknown(name);
            if (FieldJson.Read(field.Definition, json, out var value) is { } fault) return fault;
            change.Set(field, value);
        }
        return null;
    }

    private object Args(TenantId tenant, long contactId, EmailAddress email, ContactChange change, FieldSet fields, DateTimeOffset? seenAt) => new
    {
        ContactId = contactId,
        Index = sealer.Index(tenant, email),
        email.Domain,
        Profile = sealer.Seal(tenant, SealPurpose.Profile, contactId, change.Encode(new ProfileBuffer())),
        OpenFields = change.OpenJson(),
        Search = SearchIndex.All(sealer, tenant, fields, change.Personal),
        Now = time.GetUtcNow(),
        SeenAt = seenAt,
    };
}
