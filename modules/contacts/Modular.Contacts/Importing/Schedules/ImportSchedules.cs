using System.Text.Json;
using Modular.Kernel.Auditing;
using Modular.Plugins.Hosting;

namespace Modular.Contacts.Importing.Schedules;

/// <summary>A tenant's import schedules: made, looked at, ended, and turned into imports when they are due.</summary>
internal sealed class ImportSchedules(TenantDb db, ISealer sealer, ImportJobs jobs, IImportSources sources, IAudit audit, TimeProvider time)
{
    public const int MaxSchedules = 100;

    private const int MaxMinutes = 44_640;
    private const int MaxSettings = 50;
    private const int MaxSettingChars = 4_000;
    private const int MaxStateEntries = 20;
    private const int MaxStateChars = 2_000;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMinutes(5);

    private const string Columns = "schedule_id, name, source, settings, mapping::text as mapping, every, actor, state::text as state, is_paused, due_at, last_fault";

    private const string Insert = """
        insert into import_schedule (schedule_id, name, source, settings, mapping, every, actor, due_at, created_at)
        select @ScheduleId, @Name, @Source, @Settings, @Mapping::jsonb, @Every, @Actor, @Now, @Now
         where (select count(*) from import_schedule) < @MaxSchedules
        """;

    private const string TakeDue = $"""
        update import_schedule s set due_at = @Now + s.every
         where schedule_id in (
               select schedule_id from import_schedule
                where (not is_paused and due_at <= @Now or schedule_id = @Only)
                  -- a run that takes longer than its interval is not run twice at once
                  and not exists (select 1 from import_job j where j.schedule_id = import_schedule.schedule_id and j.state in ('waiting', 'running'))
                  and (@Only::bigint is null or schedule_id = @Only)
                for update skip locked limit 20)
        returning {Columns}
        """;

    private const string Ended = """
        update import_schedule
           set state = coalesce(@State::jsonb, state), last_fault = @Fault, due_at = case when @IsTransient then least(due_at, @RetryAt) else due_at end
         where schedule_id = @ScheduleId
        """;

    public Task<IReadOnlyList<ImportSchedule>> AllAsync(TenantId tenant, CancellationToken ct) =>
        db.ListAsync<ImportSchedule>(tenant, $"select {Columns} from import_schedule order by lower(name), schedule_id", null, ct);

    public Task<ImportSchedule?> FindAsync(TenantId tenant, long scheduleId, CancellationToken ct) =>
        db.FindAsync<ImportSchedule>(tenant, $"select {Columns} from import_schedule where schedule_id = @scheduleId", new { scheduleId }, ct);

    public async Task<Result<long>> AddAsync(
        TenantId tenant, string? name, string? source, IReadOnlyDictionary<string, string> settings, ImportSettings mapping, int everyMinutes, string actor, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > 120 || everyMinutes is < 1 or > MaxMinutes) return new ScheduleRefused();
        if (Check(source ?? "", settings) is { } fault) return fault;
        await using var tx = await db.BeginAsync(tenant, ct);
        var scheduleId = (await tx.NextIdsAsync(1, ct))[0];
        var made = await tx.RunAsync(Insert, new
        {
            ScheduleId = scheduleId,
            Name = name.Trim(),
            Source = source,
            Settings = sealer.Seal(tenant, SealPurpose.ScheduleSettings, scheduleId, JsonSerializer.SerializeToUtf8Bytes(settings)),
            Mapping = mapping.ToJson(),
            Every = TimeSpan.FromMinutes(everyMinutes),
            Actor = actor,
            Now = time.GetUtcNow(),
            MaxSchedules,
        }, ct);
        if (made == 0) return new TooManySchedules(MaxSchedules);
        await audit.AppendAsync(tx, new AuditEntry(actor, "import-schedule.added", $"import-schedule/{scheduleId}", $"{source}, every {everyMinutes} min"), ct);
        await tx.CommitAsync(ct);
        return scheduleId;
    }

    public async Task<bool> DeleteAsync(TenantId tenant, long scheduleId, string actor, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        if (await tx.RunAsync("delete from import_schedule where schedule_id = @scheduleId", new { scheduleId }, ct) == 0) return false;
        await audit.AppendAsync(tx, new AuditEntry(actor, "import-schedule.deleted", $"import-schedule/{scheduleId}"), ct);
        await tx.CommitAsync(ct);
        return true;
    }

    /// <summary>Stores an import for each schedule that is due and not running, and sets when it is due again.</summary>
    /// <param name="only">This one, whether due or not; null for all that are.</param>
    /// <returns>The new imports.</returns>
    public async Task<IReadOnlyList<long>> StartDueAsync(TenantId tenant, long? only, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        var due = await tx.ListAsync<ImportSchedule>(TakeDue, new { Now = time.GetUtcNow(), Only = only }, ct);
        var started = new List<long>(due.Count);
        foreach (var schedule in due) started.Add(await jobs.AddScheduledAsync(tx, schedule.Source, schedule.Name, schedule.Mapping, schedule.Actor, schedule.ScheduleId, ct));
        if (started.Count > 0) await tx.CommitAsync(ct);
        return started;
    }

    /// <summary>Part of the transaction that ends an import.</summary>
    /// <param name="state">What the source wants to find again; null leaves what it found.</param>
    public Task EndedAsync(TenantTransaction transaction, long scheduleId, IReadOnlyDictionary<string, string>? state, string? fault, bool isTransient, CancellationToken ct) =>
        transaction.RunAsync(Ended, new
        {
            ScheduleId = scheduleId,
            State = state is null ? null : JsonSerializer.Serialize(state.Where(s => s.Value.Length <= MaxStateChars && s.Key.Length <= MaxStateChars).Take(MaxStateEntries).ToDictionary()),
            Fault = fault,
            IsTransient = isTransient,
            RetryAt = time.GetUtcNow() + RetryDelay,
        }, ct);

    private Fault? Check(string source, IReadOnlyDictionary<string, string> settings)
    {
        if (sources.Plugins.FirstOrDefault(p => p.State is PluginState.Active && p.Sources.Contains(source)) is not { } plugin) return new SourceUnknown(source);
        if (settings.Count > MaxSettings || settings.Any(s => s.Value.Length > MaxSettingChars)) return new SettingsTooLong();
        if (settings.Keys.FirstOrDefault(k => plugin.Settings.All(s => s.Name != k)) is { } unknown) return new SettingUnknown(unknown, source);
        return plugin.Settings.FirstOrDefault(s => s.IsRequired && string.IsNullOrWhiteSpace(settings.GetValueOrDefault(s.Name))) is { } missing ? new SettingMissing(missing.Name, missing.Label) : null;
    }
}
