using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modular.Contacts.Importing;
using Modular.Kernel.Auditing;
using Modular.Tenancy;

namespace Modular.Contacts.DropFolder;

/// <summary>
/// Looks through the drop folders now and then: files that a crash left without an import, imported files whose stay is over, files that are too old, folders that nobody
/// can open any more.
/// </summary>
internal sealed partial class DropFolderSweep(
    ITenants tenants, DropFolders folders, Arrivals arrivals, ImportJobs jobs, DropFolderSettings settings, TenantDb db, IAudit audit, TimeProvider time, ILogger<DropFolderSweep> log) : BackgroundService
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan UploadAge = TimeSpan.FromHours(24);

    /// <summary>One look through one tenant's folder.</summary>
    public async Task SweepAsync(TenantId tenant, CancellationToken ct)
    {
        await FindForgottenAsync(tenant, ct);
        foreach (var job in await jobs.ToMoveAsync(tenant, time.GetUtcNow() - settings.StayAge, ct)) await MoveAsync(tenant, job, ct);
        await DeleteOldAsync(tenant, ct);
    }

    /// <summary>What is left of tenants whose keys are destroyed.</summary>
    public async Task RemoveShreddedAsync(CancellationToken ct)
    {
        foreach (var tenant in (await tenants.AllAsync(ct)).Where(t => t.State is TenantState.Shredded))
        {
            if (folders.Remove(tenant.Id)) LogRemoved(tenant.Id);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Delay, time);
        try
        {
            do
            {
                try
                {
                    foreach (var tenant in await tenants.ActiveAsync(stoppingToken)) await SweepAsync(tenant.Id, stoppingToken);
                    await RemoveShreddedAsync(stoppingToken);
                    folders.ForgetUploads(time.GetUtcNow() - UploadAge);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(e);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task FindForgottenAsync(TenantId tenant, CancellationToken ct)
    {
        var found = new DirectoryInfo(folders.ImportOf(tenant)).EnumerateFiles().Where(f => FileSeal.LengthOf(f.Length) > 0 && !Arrivals.IsIgnored(f.Name)).Select(f => f.Name).ToList();
        if (found.Count == 0) return;
        var known = await jobs.KnownAsync(tenant, found, ct);
        foreach (var name in found)
        {
            var isLocked = DavPath.Parse("/import/" + Uri.EscapeDataString(name), "") is { } path && folders.LocksOf(tenant).On(path, time.GetUtcNow()).Count > 0;
            if (!isLocked && !known.Contains((name, FileTag.Of(Path.Combine(folders.ImportOf(tenant), name)).Tag))) await arrivals.ArrivedAsync(tenant, name, "system", ct);
        }
    }

    private async Task MoveAsync(TenantId tenant, ImportJob job, CancellationToken ct)
    {
        var from = Path.Combine(folders.ImportOf(tenant), job.FileName);
        if (!File.Exists(from) || FileTag.Of(from).Tag != job.FileTag)
        {
            await jobs.MovedAsync(tenant, job.ImportId, job.FileName, ct);   // deleted or replaced by its owner
            return;
        }
        var name = Free(Path.Combine(folders.ImportOf(tenant), "done"), Path.GetFileName(job.FileName), job.ImportId);
        var moved = Path.Combine("done", name);
        Directory.CreateDirectory(Path.Combine(folders.ImportOf(tenant), "done"));
        var errors = Path.Combine(folders.ImportOf(tenant), ImportJob.ErrorFileOf(job.FileName));
        if (File.Exists(errors)) File.Move(errors, Path.Combine(folders.ImportOf(tenant), ImportJob.ErrorFileOf(moved)), overwrite: true);
        File.Move(from, Path.Combine(folders.ImportOf(tenant), moved));
        if (Path.GetDirectoryName(job.FileName) is { Length: > 0 } own && !Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(from)!).Any()) Directory.Delete(Path.Combine(folders.ImportOf(tenant), own));
        await jobs.MovedAsync(tenant, job.ImportId, moved, ct);
    }

    /// <summary>By when the file arrived, which no client can change.</summary>
    private async Task DeleteOldAsync(TenantId tenant, CancellationToken ct)
    {
        var before = (time.GetUtcNow() - settings.KeepAge).UtcDateTime;
        var old = folders.FilesOf(tenant).Where(f => f.LastWriteTimeUtc < before).ToList();
        if (old.Count == 0) return;
        foreach (var file in old) file.Delete();
        await using var tx = await db.BeginAsync(tenant, ct);
        await audit.AppendAsync(tx, new AuditEntry("system", "drop-folder.emptied", "drop-folder", $"{old.Count} files older than {settings.KeepAge.TotalDays:0} days"), ct);
        await tx.CommitAsync(ct);
    }

    private static string Free(string folder, string name, long importId) =>
        File.Exists(Path.Combine(folder, name)) ? $"{Path.GetFileNameWithoutExtension(name)}-{importId}{Path.GetExtension(name)}" : name;

    [LoggerMessage(Level = LogLevel.Information, Message = "The drop folder of tenant {Tenant}, whose keys are destroyed, was removed")]
    private partial void LogRemoved(TenantId tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweep through the drop folders failed")]
    private partial void LogFailed(Exception e);
}
