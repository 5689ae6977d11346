using System.Data;
using Modular.Contacts.Fields;
using Npgsql;
using NpgsqlTypes;

namespace Modular.Contacts.Importing;

/// <summary>
/// Writes batches of one import: new contacts by COPY straight into the table, sealed while PostgreSQL takes in the rows before them; known ones only
/// where something changed. The batch's contacts, faults, counts and position are one transaction.
/// </summary>
/// <remarks>
/// COPY into the table and not <c>insert .. on conflict</c> from a staging table: who is known must be looked up first anyway, for a profile is
/// merged with what it held, and then no row conflicts, unless someone else adds the same address in the same moment. That breaks the
/// transaction, and the batch is written again.
/// </remarks>
internal sealed class BatchWriter(TenantDb db, ISealer sealer, ContactQuota quota, TimeProvider time, ImportJob job, TenantId tenant, Guid owner, FieldSet fields, ColumnMapping mapping, long? listId)
{
    /// <summary>Faults of one import that are kept, at most; more are only counted.</summary>
    public const int MaxFaults = 100_000;

    private const int MaxTries = 5;

    private const string Outside = "The contact with this address is on lists that the one who imports does not reach.";

    private const string SelectKnown = """
        select email_index, contact_id, profile, open_fields::text, updated_at, import_id
          from contact where email_index = any($1)
        """;

    private const string SelectOutside = """
        select email_index from contact c
         where c.email_index = any(@Indexes)
           and not exists (select 1 from list_member m where m.contact_id = c.contact_id and m.list_id = any(@Within))
        """;

    private const string CopyNew = """
        copy contact (contact_id, email_index, domain, profile, open_fields, search, status, status_since, status_reason, created_at, updated_at, import_id, import_line)
        from stdin (format binary)
        """;

    private const string UpdateChanged = """
        update contact c
           set profile = n.profile, open_fields = n.open_fields::jsonb, updated_at = $1   -- the status is not in this list: an import wakes no one
          from unnest($2::bigint[], $3::timestamptz[], $4::bytea[], $5::text[]) as n (contact_id, seen_at, profile, open_fields)
         where c.contact_id = n.contact_id
           and c.updated_at = n.seen_at   -- nobody changed it since it was opened
        """;

    private const string UpdateSearch = "update contact set search = @Search where contact_id = @ContactId";

    private const string Silence = """
        with silenced as (
          update contact set status = 'unsubscribed', status_since = @Now, status_reason = @Reason, updated_at = @Now
           where contact_id = any(@ContactIds) and status = 'active'
          returning contact_id)
        insert into contact_history (contact_id, at, what, detail, actor)
        select contact_id, @Now, 'unsubscribed', @Reason, @Actor from silenced
        """;

    private const string JoinList = """
        insert into list_member (list_id, contact_id, added_at) select @ListId, id, @Now from unnest(@ContactIds) as id on conflict do nothing
        """;

    private const string Advance = """
        update import_job
           set records = records + @Rows, bytes_done = @BytesDone, added = added + @Added, updated = updated + @Updated,
               unchanged = unchanged + @Unchanged, duplicates = duplicates + @Duplicates, faulty = faulty + @Faulty, lease_until = @Until, stage = 'importing', attempts = 0
         where import_id = @ImportId and state = 'running' and lease_owner = @Owner   -- nobody else took the import over, nobody cancelled it
        """;

    private readonly HashSet<Guid> _none = [];
    private readonly ProfileBuffer _buffer = new();
    private readonly (int Slot, Field Field)[] _personal = [.. mapping.Fields.Select((f, i) => (i, f)).Where(m => m.f.Definition.IsPersonal).OrderBy(m => m.f.Id)];
    private readonly (int Slot, Field Field)[] _open = [.. mapping.Fields.Select((f, i) => (i, f)).Where(m => !m.f.Definition.IsPersonal).OrderBy(m => m.f.Name, StringComparer.Ordinal)];
    private readonly bool _isSearchable = mapping.Fields.Any(f => f.Definition.IsSearchable);
    private readonly string _reason = $"import of {job.FileName}";
    private long _faults = job.Faulty;

    /// <summary>Whether rows about contacts that exist can be rejected here.</summary>
    public bool Rejects => job.WithinLists is not null;

    /// <returns>Why nothing was written: the import is not ours any more, or the tenant has no room for it. Null when the batch is in.</returns>
    public async Task<Fault?> WriteAsync(ImportBatch batch, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryWriteAsync(batch, ct);
            }
            catch (Exception e) when (attempt < MaxTries && e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.ForeignKeyViolation } or DBConcurrencyException)
            {
                // Someone else wrote one of these contacts in between: look again.
            }
        }
    }

    private async Task<Fault?> TryWriteAsync(ImportBatch batch, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        var now = Microseconds(time.GetUtcNow());
        var known = await FindKnownAsync(tx, batch, ct);
        var outside = Rejects ? await FindOutsideAsync(tx, batch, ct) : _none;
        foreach (var index in outside) known.Remove(index);
        var rejected = outside.Count == 0 ? [] : batch.Reject(outside, Outside);
        var added = batch.Drafts.Where(d => !known.ContainsKey(d.Key) && !outside.Contains(d.Key)).ToList();
        if (await quota.CheckAsync(tx, added.Count, ct) is { } full) return full;
        var ids = added.Count == 0 ? [] : await tx.NextIdsAsync(added.Count, ct);
        if (added.Count > 0) await CopyAsync(tx, added, ids, now, ct);
        var updated = await UpdateAsync(tx, batch, known, now, ct);
        var twice = known.Values.Count(k => k.ImportId == job.ImportId);
        await OptOutAsync(tx, batch, known, now, ct);
        if (listId is not null) await tx.RunAsync(JoinList, new { ListId = listId, Now = now, ContactIds = known.Values.Select(k => k.ContactId).Concat(ids).ToArray() }, ct);
        var faults = rejected.Count == 0 ? batch.Faults : [.. batch.Faults.Concat(rejected).OrderBy(f => f.Record)];
        var kept = (int)Math.Clamp(MaxFaults - _faults, 0, faults.Count);
        if (kept > 0) await CopyFaultsAsync(tx, faults.Take(kept), ct);
        var isOurs = await tx.RunAsync(Advance, new
        {
            batch.Rows,
            batch.BytesDone,
            Added = added.Count,
            Updated = updated.Count(k => k.ImportId != job.ImportId),
            Unchanged = known.Count - twice - updated.Count(k => k.ImportId != job.ImportId),
            Duplicates = batch.Duplicates + twice - (rejected.Count - outside.Count),   // all rows about one outside are faulty
            Faulty = faults.Count,
            Until = now + ImportJobs.Lease,
            job.ImportId,
            Owner = owner,
        }, ct) == 1;
        if (!isOurs) return new ImportLost();
        await tx.CommitAsync(ct);
        _faults += batch.Faults.Count;
        return null;
    }

    private static async Task<Dictionary<Guid, Known>> FindKnownAsync(TenantTransaction tx, ImportBatch batch, CancellationToken ct)
    {
        var known = new Dictionary<Guid, Known>();
        await using var command = new NpgsqlCommand(SelectKnown, tx.Connection) { Parameters = { new() { Value = batch.Drafts.Keys.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            known.Add(reader.GetGuid(0), new Known(reader.GetInt64(1), reader.GetFieldValue<byte[]>(2), reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetDateTime(4), reader.IsDBNull(5) ? null : reader.GetInt64(5)));
        }
        return known;
    }

    private async Task<HashSet<Guid>> FindOutsideAsync(TenantTransaction tx, ImportBatch batch, CancellationToken ct) =>
        [.. await tx.ListAsync<Guid>(SelectOutside, new { Indexes = batch.Drafts.Keys.ToArray(), Within = job.WithinLists }, ct)];

    private Task CopyAsync(TenantTransaction tx, IEnumerable<KeyValuePair<Guid, ContactDraft>> added, IReadOnlyList<long> ids, DateTimeOffset now, CancellationToken ct)
    {
        var at = now.UtcDateTime;
        return tx.CopyAsync(CopyNew, added.Index(), (to, row) =>
        {
            var ((index, draft), contactId) = (row.Item, ids[row.Index]);
            to.Write(contactId, NpgsqlDbType.Bigint);
            to.Write(index, NpgsqlDbType.Uuid);
            to.Write(draft.Email.Domain, NpgsqlDbType.Text);
            to.Write(sealer.Seal(tenant, SealPurpose.Profile, contactId, ProfileCodec.Encode(_buffer, draft.Email.Text, Personal(draft))), NpgsqlDbType.Bytea);
            WriteOrNull(to, OpenOf(draft), NpgsqlDbType.Jsonb);
            WriteOrNull(to, _isSearchable ? SearchOf(draft) : null, NpgsqlDbType.Array | NpgsqlDbType.Uuid);
            to.Write(draft.OptedOut ? "unsubscribed" : "active", NpgsqlDbType.Text);
            to.Write(at, NpgsqlDbType.TimestampTz);
            WriteOrNull(to, draft.OptedOut ? _reason : null, NpgsqlDbType.Text);
            to.Write(at, NpgsqlDbType.TimestampTz);
            to.Write(at, NpgsqlDbType.TimestampTz);
            to.Write(job.ImportId, NpgsqlDbType.Bigint);
            to.Write(draft.Line, NpgsqlDbType.Bigint);
        }, ct);
    }

    private async Task<List<Known>> UpdateAsync(TenantTransaction tx, ImportBatch batch, Dictionary<Guid, Known> known, DateTimeOffset now, CancellationToken ct)
    {
        var changed = new List<(Known Known, byte[] Profile, string? OpenFields, Guid[]? Search)>();
        if (mapping.Fields.Count > 0)
        {
            foreach (var (index, contact) in known)
            {
                var change = ContactChange.Open(sealer.Open(tenant, SealPurpose.Profile, contact.ContactId, contact.Profile), contact.OpenFields, fields);
                var values = batch.Drafts[index].Values;
                for (var i = 0; i < values.Length; i++)
                {
                    if (values[i] is { } value) change.Set(mapping.Fields[i], value);   // an empty cell says nothing
                }
                if (!change.HasChanged) continue;
                changed.Add((contact, sealer.Seal(tenant, SealPurpose.Profile, contact.ContactId, change.Encode(_buffer)), change.OpenJson(), SearchIndex.All(sealer, tenant, fields, change.Personal)));
            }
        }
        if (changed.Count == 0) return [];
        await using var command = new NpgsqlCommand(UpdateChanged, tx.Connection)
        {
            Parameters =
            {
                new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = changed.Select(c => c.Known.ContactId).ToArray() },
                new() { Value = changed.Select(c => c.Known.UpdatedAt).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new() { Value = changed.Select(c => c.Profile).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new() { Value = changed.Select(c => c.OpenFields).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        };
        if (await command.ExecuteNonQueryAsync(ct) != changed.Count) throw new DBConcurrencyException();
        if (_isSearchable)
        {
            foreach (var (contact, _, _, search) in changed) await tx.RunAsync(UpdateSearch, new { Search = search, contact.ContactId }, ct);
        }
        return [.. changed.Select(c => c.Known)];
    }

    /// <summary>An import can silence a contact, never wake one.</summary>
    private async Task OptOutAsync(TenantTransaction tx, ImportBatch batch, Dictionary<Guid, Known> known, DateTimeOffset now, CancellationToken ct)
    {
        var ids = known.Where(k => batch.Drafts[k.Key].OptedOut).Select(k => k.Value.ContactId).ToArray();
        if (ids.Length > 0) await tx.RunAsync(Silence, new { Now = now, ContactIds = ids, Reason = _reason, job.Actor }, ct);
    }

    private Task CopyFaultsAsync(TenantTransaction tx, IEnumerable<(long Record, RowFault Fault)> faults, CancellationToken ct) =>
        tx.CopyAsync("copy import_fault (import_id, record, line, field, reason) from stdin (format binary)", faults, (to, row) =>
        {
            to.Write(job.ImportId, NpgsqlDbType.Bigint);
            to.Write(row.Record, NpgsqlDbType.Bigint);
            to.Write(row.Fault.Line, NpgsqlDbType.Bigint);
            WriteOrNull(to, row.Fault.Field, NpgsqlDbType.Text);
            to.Write(row.Fault.Reason, NpgsqlDbType.Text);
        }, ct);

    private IEnumerable<KeyValuePair<long, object>> Personal(ContactDraft draft)
    {
        foreach (var (slot, field) in _personal)
        {
            if (draft.Values[slot] is { } value) yield return new(field.Id, value);
        }
    }

    private string? OpenOf(ContactDraft draft)
    {
        if (_open.Length == 0 || Array.TrueForAll(_open, o => draft.Values[o.Slot] is null)) return null;
        return OpenFields.Write(_open.Where(o => draft.Values[o.Slot] is not null).Select(o => KeyValuePair.Create(o.Field.Name, draft.Values[o.Slot]!)));   // just asked
    }

    private Guid[]? SearchOf(ContactDraft draft) => SearchIndex.All(sealer, tenant, fields, Personal(draft).ToDictionary());

    private static void WriteOrNull<T>(NpgsqlBinaryImporter to, T? value, NpgsqlDbType type) where T : class
    {
        if (value is null) to.WriteNull();
        else to.Write(value, type);
    }

    /// <summary>PostgreSQL keeps microseconds; a finer instant would not be found again.</summary>
    private static DateTimeOffset Microseconds(DateTimeOffset at) => new(at.UtcTicks / 10 * 10, TimeSpan.Zero);

    private sealed record Known(long ContactId, byte[] Profile, string? OpenFields, DateTime UpdatedAt, long? ImportId);
}
