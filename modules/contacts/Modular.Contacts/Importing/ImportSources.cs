using System.Security.Cryptography;
using Modular.Contacts.DropFolder;
using Modular.Contacts.Importing.Schedules;
using Modular.Plugins;
using Modular.Plugins.Hosting;

namespace Modular.Contacts.Importing;

/// <summary>Opens what an import reads from: a file of the drop folder, or a plugin's source with the settings of its schedule.</summary>
internal sealed class ImportSources(DropFolders folders, ImportSchedules schedules, IImportSources plugins, ISealer sealer, TimeProvider time)
{
    /// <exception cref="SourceFaultException">The plugin's source cannot be read.</exception>
    public async Task<Result<RowSource>> OpenAsync(TenantId tenant, ImportJob job, ImportSettings settings, CancellationToken ct)
    {
        if (job.Source != ImportJob.FromFile) return await OpenPluginAsync(tenant, job, ct);
        var path = Path.Combine(folders.ImportOf(tenant), job.FileName);
        if (!File.Exists(path)) return new FileMissing(job.FileName);
        if (FileTag.Of(path).Tag != job.FileTag) return new FileReplaced(job.FileName);
        try
        {
            var opened = await CsvRowSource.OpenAsync(() => folders.OpenRead(tenant, path), settings, ct);
            return opened.Match<Result<RowSource>>(source => source, fault => fault);
        }
        catch (CryptographicException)
        {
            return new FileUnreadable(job.FileName);
        }
    }

    private async Task<Result<RowSource>> OpenPluginAsync(TenantId tenant, ImportJob job, CancellationToken ct)
    {
        if (job.ScheduleId is not { } id || await schedules.FindAsync(tenant, id, ct) is not { } schedule) return new NotFound("import schedule");
        if (plugins.Open(job.Source) is not { } lease) return new SourceUnknown(job.Source);
        return await PluginRowSource.OpenAsync(lease, new SourceContext { Settings = schedule.OpenSettings(sealer, tenant), Http = lease.Http, Time = time, State = schedule.OpenState() }, ct);
    }
}
