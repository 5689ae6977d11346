using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Modular.Contacts.Fields;
using Modular.Contacts.Importing.Schedules;
using Modular.Contacts.Lists;
using Modular.Kernel.Auditing;
using Modular.Plugins;

namespace Modular.Contacts.Importing;

/// <summary>
/// Runs one claimed import to its end: rows are read and mapped on one thread, sealed and written on another, a bounded number of batches between them.
/// Killed in the middle, it goes on behind the last batch that was committed.
/// </summary>
internal sealed partial class ImportRun(
    TenantDb db, ISealer sealer, ImportJobs jobs, ImportSources sources, ImportSchedules schedules, FieldBook fieldBook, ListBook lists, ErrorFile errorFile, ContactQuota quota, ITenantDirectory tenants, IAudit audit, TimeProvider time, ILogger<ImportRun> log)
{
    /// <summary>Batches read ahead of the one that is being written.</summary>
    private const int ReadAhead = 2;

    private const string End = """
        update import_job set state = @State, stage = null, fault = @Fault, finished_at = @Now, bytes_done = case when @Fault is null then coalesce(file_bytes, bytes_done) else bytes_done end
         where import_id = @ImportId and state = 'running' and lease_owner = @Owner
        """;

    public async Task RunAsync(TenantId tenant, ImportJob job, Guid owner, CancellationToken stopping)
    {
        using var ours = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var heart = new PeriodicTimer(ImportJobs.Lease / 4, time);
        var beating = BeatAsync(heart, tenant, job, owner, ours);
        try
        {
            LogBegun(tenant, job.ImportId, job.Source, job.Records);
            var end = await ImportAsync(tenant, job, owner, ours.Token);
            if (end.Fault is not ImportLost) await EndAsync(tenant, job, owner, end, ours.Token);
        }
        catch (OperationCanceledException) when (ours.IsCancellationRequested)
        {
            LogLeft(tenant, job.ImportId);
        }
        finally
        {
            await ours.CancelAsync();
            await beating;
        }
    }

    private async Task<ImportEnd> ImportAsync(TenantId tenant, ImportJob job, Guid owner, CancellationToken ct)
    {
        try
        {
            if (job.Attempts > ImportJobs.MostAttempts) return new(new BrokenOff(job.ImportId, job.Records));
            if (ImportSettings.FromJson(job.Settings) is var settings && settings.Fault is { } unreadable) return new(unreadable);
            var opened = await sources.OpenAsync(tenant, job, settings.Value, ct);
            if (opened.Fault is { } fault) return new(fault);
            await using var source = opened.Value;
            if (source.IsUnchanged && source.Headers.Count == 0) return await jobs.NoteAsync(tenant, job.ImportId, owner, "importing", ["The source has not changed since the last time."], ct) ? new(null) : new(new ImportLost());
            return new(await ReadAllAsync(tenant, job, owner, source, settings.Value, ct), source.State);
        }
        catch (SourceFaultException e)
        {
            if (e.InnerException is not null) LogSourceFailed(e, tenant, job.ImportId, job.Source);
            return new(new SourceFailed(e.Message, e.IsTransient));
        }
    }

    /// <returns>Why the import cannot be made; null when every row is done with.</returns>
    private async Task<Fault?> ReadAllAsync(TenantId tenant, ImportJob job, Guid owner, RowSource source, ImportSettings settings, CancellationToken ct)
    {
        if (source.Headers.Count == 0) return new NotCsv("The source holds no rows.");
        for (var i = 0; i < source.Headers.Count; i++)
        {
            if (source.Headers[i].Contains('\0', StringComparison.Ordinal)) return new NotCsv($"The name of column {i + 1} holds the character U+0000, which no text has. Save the file as CSV in UTF-8 and import it again.");
        }
        var fields = await fieldBook.LoadAsync(tenant, ct);
        if (settings.CreateFields) fields = await CreateFieldsAsync(tenant, source.Headers, settings, fields, ct);
        var mapped = ColumnMapping.Make(source.Headers, source.Samples, settings, fields);
        if (mapped.Fault is { } unmapped) return unmapped;
        var listId = settings.List is { Length: > 0 } list ? await ListAsync(tenant, job, list, ct) : null;
        if (job.WithinLists is not null && listId is null) return new ListOutside(settings.List ?? "");
        if (!await jobs.NoteAsync(tenant, job.ImportId, owner, job.Records > 0 ? "resuming" : "importing", [.. source.Notes, .. LeftOut(mapped.Value)], ct)) return new ImportLost();

        for (long skipped = 0; skipped < job.Records; skipped++)
        {
            if (!await source.ReadAsync(ct)) return new NotCsv($"The source ends before row {job.Records}, where the import was interrupted: it was changed meanwhile. Import it again.");
        }
        return await CopyAsync(tenant, source, new RowMapper(mapped.Value), new BatchWriter(db, sealer, quota, time, job, tenant, owner, fields, mapped.Value, listId), job.Records, ct);
    }

    private async Task<long?> ListAsync(TenantId tenant, ImportJob job, string name, CancellationToken ct) => job.WithinLists is null
        ? await lists.FindOrAddAsync(tenant, name, ct)
        : (await lists.AllAsync(new Reach(tenant, job.WithinLists), ct)).FirstOrDefault(list => list.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))?.ListId;

    private async Task<Fault?> CopyAsync(TenantId tenant, RowSource source, RowMapper mapper, BatchWriter writer, long record, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var batches = Channel.CreateBounded<ImportBatch>(new BoundedChannelOptions(ReadAhead) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(() => ReadAsync(tenant, source, mapper, batches.Writer, record, writer.Rejects, either.Token), either.Token);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(ct))
            {
                if (!(await tenants.ActiveAsync(ct)).Contains(tenant)) return new ImportLost();   // it goes on from here when the tenant does
                if (await writer.WriteAsync(batch, ct) is { } fault) return fault;
            }
            await reading;
            return null;
        }
        finally
        {
            await either.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(TenantId tenant, RowSource source, RowMapper mapper, ChannelWriter<ImportBatch> to, long record, bool keepsRows, CancellationToken ct)
    {
        Exception? failure = null;
        try
        {
            var batch = new ImportBatch(keepsRows);
            while (await source.ReadAsync(ct))
            {
                record++;
                var (draft, fault) = mapper.Map(source.Current);
                if (draft is not null) batch.Add(record, sealer.Index(tenant, draft.Email).Value, draft);
                else batch.Add(record, fault!);   // exactly one of the two is null
                if (!batch.IsFull) continue;
                batch.BytesDone = source.BytesDone;
                await to.WriteAsync(batch, ct);
                batch = new ImportBatch(keepsRows);
            }
            batch.BytesDone = source.BytesDone;
            if (batch.Rows > 0) await to.WriteAsync(batch, ct);
        }
        catch (Exception e)
        {
            failure = e;
        }
        to.Complete(failure);
    }

    private async Task EndAsync(TenantId tenant, ImportJob job, Guid owner, ImportEnd end, CancellationToken ct)
    {
        var fault = end.Fault;
        if (job.Source == ImportJob.FromFile) await errorFile.WriteAsync(tenant, job, fault, ct);
        await using var tx = await db.BeginAsync(tenant, ct);
        var now = time.GetUtcNow();
        var state = fault is null ? "finished" : "failed";
        if (await tx.RunAsync(End, new { State = state, Fault = fault?.Detail, Now = now, job.ImportId, Owner = owner }, ct) == 0) return;
        var done = await tx.FindAsync<Counts>("select records, added, updated, unchanged, duplicates, faulty from import_job where import_id = @ImportId", new { job.ImportId }, ct);
        await audit.AppendAsync(tx, new AuditEntry(job.Actor, "import." + state, $"import/{job.ImportId}", fault?.Detail ?? done?.Sentence), ct);
        if (job.ScheduleId is { } scheduleId) await schedules.EndedAsync(tx, scheduleId, fault is null ? end.State : null, fault?.Detail, fault is SourceFailed { IsTransient: true }, ct);
        await tx.CommitAsync(ct);
        if (fault is null) LogFinished(tenant, job.ImportId, done?.Records ?? 0);
        else LogFailed(tenant, job.ImportId, fault.Code);
    }

    private async Task<FieldSet> CreateFieldsAsync(TenantId tenant, IReadOnlyList<string> headers, ImportSettings settings, FieldSet known, CancellationToken ct)
    {
        foreach (var header in ColumnMapping.Unknown(headers, settings, known).ToList())
        {
            if (FieldNames.FromHeader(header) is { } name && known.Find(name) is null)
                await fieldBook.AddAsync(tenant, new FieldDefinition(name, header.Trim(), FieldType.Text, IsPersonal: true, IsSearchable: false, []), ct);
        }
        return await fieldBook.LoadAsync(tenant, ct);
    }

    private static IEnumerable<string> LeftOut(ColumnMapping mapping)
    {
        var names = mapping.LeftOut.Where(n => n.Length > 0).ToList();
        return names.Count == 0 ? [] : [$"Columns that match no field are left out: {FaultText.Words(names)}."];
    }

    /// <summary>Keeps the lease while rows are slow to come, and stops the run when the lease or the import is gone.</summary>
    private async Task BeatAsync(PeriodicTimer heart, TenantId tenant, ImportJob job, Guid owner, CancellationTokenSource ours)
    {
        try
        {
            while (await heart.WaitForNextTickAsync(ours.Token))
            {
                if (await jobs.ExtendAsync(tenant, job.ImportId, owner, ours.Token)) continue;
                await ours.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        catch (Exception e)
        {
            LogBeatFailed(e, tenant, job.ImportId);   // each batch is fenced by the lease itself
        }
    }

    /// <param name="Fault">Why it failed; null when every row is done with.</param>
    /// <param name="State">What the source wants to find again.</param>
    private sealed record ImportEnd(Fault? Fault, IReadOnlyDictionary<string, string>? State = null);

    private sealed record Counts(long Records, long Added, long Updated, long Unchanged, long Duplicates, long Faulty)
    {
        public string Sentence => $"{Records} rows: {Added} added, {Updated} updated, {Unchanged} unchanged, {Duplicates} duplicates, {Faulty} faulty";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Import {ImportId} of tenant {Tenant} from {Source} begins behind row {Records}")]
    private partial void LogBegun(TenantId tenant, long importId, string source, long records);

    [LoggerMessage(Level = LogLevel.Information, Message = "Import {ImportId} of tenant {Tenant} finished: {Records} rows")]
    private partial void LogFinished(TenantId tenant, long importId, long records);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Import {ImportId} of tenant {Tenant} failed: {Fault}")]
    private partial void LogFailed(TenantId tenant, long importId, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {ImportId} of tenant {Tenant}: the source {Source} could not be read")]
    private partial void LogSourceFailed(Exception e, TenantId tenant, long importId, string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "Import {ImportId} of tenant {Tenant} is left to whoever claims it next")]
    private partial void LogLeft(TenantId tenant, long importId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of import {ImportId} of tenant {Tenant} could not be renewed")]
    private partial void LogBeatFailed(Exception e, TenantId tenant, long importId);
}
