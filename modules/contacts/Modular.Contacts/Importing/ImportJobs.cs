using Npgsql;

namespace Modular.Contacts.Importing;

/// <summary>The imports of a tenant: stored, claimed under a lease, followed, ended.</summary>
internal sealed class ImportJobs(TenantDb db, TimeProvider time)
{
    /// <summary>A process that says nothing for so long has lost its import to whoever asks next.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);

    /// <summary>How often an import is taken up without getting a batch further before it fails: some seven minutes of trouble are borne, an import that breaks us is not.</summary>
    public const int MostAttempts = 20;

    private const string Columns = """
        import_id, source, file_name, file_tag, file_bytes, settings::text as settings, actor, state, stage, fault, notes,
        records, bytes_done, added, updated, unchanged, duplicates, faulty, created_at, started_at, finished_at, moved_at, schedule_id, attempts, within_lists
        """;

    /// <summary>An import without a limit is out of every limited reach.</summary>
    private const string Seen = "(@Within::bigint[] is null or within_lists <@ @Within)";

    private const string InsertFile = """
        insert into import_job (source, file_name, file_tag, file_bytes, settings, actor, within_lists, created_at, state, fault, finished_at)
        values ('file', @FileName, @FileTag, @FileBytes, @Settings::jsonb, @Actor, @Within::bigint[], @Now,
                case when @Refused::text is null then 'waiting' else 'failed' end, @Refused, case when @Refused::text is null then null else @Now::timestamptz end)
        on conflict (file_name, file_tag) where source = 'file' do nothing   -- the same file is imported once
        returning import_id
        """;

    private const string InsertScheduled = """
        insert into import_job (source, file_name, settings, actor, created_at, schedule_id)
        values (@Source, @Name, @Settings::jsonb, @Actor, @Now, @ScheduleId)
        returning import_id
        """;

    private const string ClaimNext = $"""
        update import_job
           set state = 'running', lease_owner = @Owner, lease_until = @Until, attempts = attempts + 1, started_at = coalesce(started_at, @Now), stage = 'opening'
         where import_id = (
               select import_id from import_job
                where (state = 'waiting' or state = 'running' and lease_until < @Now)
                  and (@Only::bigint is null or import_id = @Only)
                  -- one at a time for each tenant: two would wait for each other's rows
                  and not exists (select 1 from import_job r where r.state = 'running' and r.lease_until >= @Now)
                order by import_id for update skip locked limit 1)
        returning {Columns}
        """;

    private const string ExtendLease = "update import_job set lease_until = @Until where import_id = @ImportId and lease_owner = @Owner and state = 'running'";

    private const string NoteStage = """
        update import_job set stage = @Stage, notes = coalesce(@Notes, notes) where import_id = @ImportId and lease_owner = @Owner and state = 'running'
        """;

    private const string CancelOne = $"""
        update import_job set state = 'cancelled', finished_at = @Now, stage = null where import_id = @ImportId and state in ('waiting', 'running') and {Seen}
        """;

    /// <param name="settings">The fault when they cannot be used: the import is stored as failed, so that it is seen.</param>
    /// <returns>Null when this very file has an import already.</returns>
    public Task<long?> AddFileAsync(Reach reach, string fileName, FileTag file, Result<ImportSettings> settings, string actor, CancellationToken ct) =>
        db.FindAsync<long?>(reach.Tenant, InsertFile, new
        {
            FileName = fileName,
            FileTag = file.Tag,
            FileBytes = file.Bytes,
            Settings = settings.IsOk ? settings.Value.ToJson() : "{}",
            Actor = actor,
            Within = reach.Lists,
            Now = time.GetUtcNow(),
            Refused = settings.Fault?.Detail,
        }, ct);

    public Task<long> AddScheduledAsync(TenantTransaction transaction, string source, string name, string settings, string actor, long scheduleId, CancellationToken ct) =>
        transaction.FindAsync<long>(InsertScheduled, new { Source = source, Name = name, Settings = settings, Actor = actor, Now = time.GetUtcNow(), ScheduleId = scheduleId }, ct);

    /// <summary>The next import that waits or lost its worker; null when there is none, or another one runs.</summary>
    /// <param name="only">This one and no other; null for any.</param>
    public Task<ImportJob?> ClaimAsync(TenantId tenant, Guid owner, long? only, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return db.FindAsync<ImportJob>(tenant, ClaimNext, new { Owner = owner, Only = only, Now = now, Until = now + Lease }, ct);
    }

    /// <returns>False when the lease is lost or the import cancelled: stop.</returns>
    public async Task<bool> ExtendAsync(TenantId tenant, long importId, Guid owner, CancellationToken ct) =>
        await db.RunAsync(tenant, ExtendLease, new { ImportId = importId, Owner = owner, Until = time.GetUtcNow() + Lease }, ct) == 1;

    public async Task<bool> NoteAsync(TenantId tenant, long importId, Guid owner, string stage, IReadOnlyList<string>? notes, CancellationToken ct) =>
        await db.RunAsync(tenant, NoteStage, new { ImportId = importId, Owner = owner, Stage = stage, Notes = notes?.ToArray() }, ct) == 1;

    public async Task<bool> CancelAsync(Reach reach, long importId, CancellationToken ct) =>
        await db.RunAsync(reach.Tenant, CancelOne, new { ImportId = importId, Now = time.GetUtcNow(), Within = reach.Lists }, ct) == 1;

    public Task<ImportJob?> FindAsync(Reach reach, long importId, CancellationToken ct) =>
        db.FindAsync<ImportJob>(reach.Tenant, $"select {Columns} from import_job where import_id = @importId and {Seen}", new { importId, Within = reach.Lists }, ct);

    /// <summary>Newest first, below <paramref name="before"/>.</summary>
    public Task<IReadOnlyList<ImportJob>> ListAsync(Reach reach, long? before, int size, CancellationToken ct) =>
        db.ListAsync<ImportJob>(reach.Tenant, $"select {Columns} from import_job where (@before::bigint is null or import_id < @before) and {Seen} order by import_id desc limit @size", new { before, size, Within = reach.Lists }, ct);

    /// <summary>Imported files that may go to done/ now.</summary>
    public Task<IReadOnlyList<ImportJob>> ToMoveAsync(TenantId tenant, DateTimeOffset finishedBefore, CancellationToken ct) =>
        db.ListAsync<ImportJob>(tenant, $"select {Columns} from import_job where source = 'file' and state = 'finished' and moved_at is null and finished_at < @finishedBefore order by import_id limit 100", new { finishedBefore }, ct);

    public Task MovedAsync(TenantId tenant, long importId, string fileName, CancellationToken ct) =>
        db.RunAsync(tenant, "update import_job set moved_at = @now, file_name = @fileName where import_id = @importId", new { importId, fileName, now = time.GetUtcNow() }, ct);

    /// <summary>Which of these files have an import already, whatever became of it.</summary>
    public async Task<IReadOnlySet<(string, string)>> KnownAsync(TenantId tenant, IReadOnlyCollection<string> fileNames, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(tenant, ct);
        await using var command = new NpgsqlCommand("select file_name, file_tag from import_job where source = 'file' and file_name = any($1)", connection)
        {
            Parameters = { new() { Value = fileNames.ToArray() } },
        };
        var known = new HashSet<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) known.Add((reader.GetString(0), reader.GetString(1)));
        return known;
    }
}

/// <summary>What tells one file from another of the same name: its size and when it was written.</summary>
internal readonly record struct FileTag(string Tag, long Bytes)
{
    public static FileTag Of(string path)
    {
        var file = DropFolder.DavResource.At(path);
        return new FileTag(file.ETag.Trim('"'), file.Bytes);
    }
}
