using System.Text.Json;
using Modular.Tenancy;

namespace Modular.Contacts.Importing;

/// <summary><c>modular contact import</c>: stores the file as an upload, and imports it in this process, or watches the one that took it.</summary>
internal sealed class ImportCommand(ITenants tenants, Uploads uploads, ImportJobs jobs, ImportRun run, TimeProvider time) : ICommand
{
    private static readonly TimeSpan LookDelay = TimeSpan.FromMilliseconds(500);

    public string Name => "contact import";

    public string Usage => "TENANT FILE [--list NAME] [--create-fields] [--settings JSON] [--json]";

    public string Summary => "imports a CSV file of contacts";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("list", "settings") is not [var slug, var file]) return line.Refuse(this, "name a tenant and a file");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Refuse(this, $"there is no tenant '{slug}'");
        if (!File.Exists(file)) return line.Refuse(this, $"there is no file '{file}'");
        var asked = line.Option("settings") is { } json ? ImportSettings.FromJson(json) : new ImportSettings();
        if (asked.Fault is { } unreadable) return line.Refuse(this, unreadable.Detail);
        var settings = asked.Value with { List = line.Option("list") ?? asked.Value.List, CreateFields = asked.Value.CreateFields || line.Has("create-fields") };

        await using var content = File.OpenRead(file);
        var stored = await uploads.StoreAsync(tenant.Id, Path.GetFileName(file), content, ct);
        var started = stored.IsOk ? await uploads.ImportAsync(Reach.Whole(tenant.Id), stored.Value, settings, "cli:" + Environment.UserName, ct) : stored.Fault;
        if (started.Fault is { } fault)
        {
            await line.Error.WriteLineAsync(fault.Detail);
            return 1;
        }
        var job = await FinishAsync(tenant.Id, started.Value, ct);
        await line.Out.WriteLineAsync(line.Has("json") ? JsonSerializer.Serialize(ImportJson.Of(job, time.GetUtcNow()), JsonSerializerOptions.Web) : Sentence(job));
        foreach (var note in job.Notes) await line.Error.WriteLineAsync(note);
        return job.State == "finished" ? 0 : 1;
    }

    /// <summary>Whoever claims it first runs it: this process, or a serving one.</summary>
    internal async Task<ImportJob> FinishAsync(TenantId tenant, long importId, CancellationToken ct)
    {
        while (true)
        {
            var owner = Guid.NewGuid();
            if (await jobs.ClaimAsync(tenant, owner, importId, ct) is { } job) await run.RunAsync(tenant, job, owner, ct);
            var now = await jobs.FindAsync(Reach.Whole(tenant), importId, ct) ?? throw new InvalidOperationException($"Import {importId} vanished.");
            if (now.IsOver) return now;
            await Task.Delay(LookDelay, time, ct);
        }
    }

    private static string Sentence(ImportJob job) => job.State == "finished"
        ? $"{job.Records} rows: {job.Added} added, {job.Updated} updated, {job.Unchanged} unchanged, {job.Duplicates} duplicates, {job.Faulty} faulty"
        : $"{job.State}: {job.Fault}";
}
