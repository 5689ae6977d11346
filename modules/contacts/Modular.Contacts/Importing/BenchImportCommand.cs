using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Modular.Contacts.DropFolder;
using Modular.Tenancy;

namespace Modular.Contacts.Importing;

/// <summary>
/// <c>modular bench import</c>: makes a CSV of N rows of 122 bytes, imports it twice (all new, then all unchanged), and prints one line of JSON.
/// Without <c>--tenant</c> it furnishes a room of its own, which no sign-in leads to, and empties it afterwards.
/// </summary>
internal sealed class BenchImportCommand(
    ITenants tenants, ITenantProvisioning provisioning, DropFolders folders, ImportJobs jobs, ImportRun run, TenantDb db, TimeProvider time) : ICommand
{
    private const int RowBytes = 122;

    public string Name => "bench import";

    public string Usage => "[--rows N] [--tenant SLUG] [--json]";

    public string Summary => "measures the import of N contacts, 1,000,000 unless told otherwise";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (!int.TryParse(line.Option("rows") ?? "1000000", NumberStyles.None, CultureInfo.InvariantCulture, out var rows) || rows is < 1 or > 50_000_000) return line.Refuse(this, "--rows is a number from 1 to 50000000");
        var tenant = TenantId.NewRandom();
        if (line.Option("tenant") is { } slug)
        {
            if (await tenants.FindAsync(slug, ct) is not { } named) return line.Refuse(this, $"there is no tenant '{slug}'");
            tenant = named.Id;
        }
        else
        {
            await provisioning.ProvisionAsync(tenant, ct);
        }
        var name = $"bench-{Guid.NewGuid():N}.csv.part";   // a name that no sweep imports
        var path = Path.Combine(folders.ImportOf(tenant), name);
        try
        {
            await line.Error.WriteLineAsync($"writing {rows} rows of {RowBytes} bytes");
            await WriteAsync(tenant, path, rows, ct);
            var first = await MeasureAsync(tenant, name, ct);
            File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(1));   // another file, as far as imports know
            var again = await MeasureAsync(tenant, name, ct);
            await line.Out.WriteLineAsync(JsonSerializer.Serialize(new
            {
                bench = "import",
                rows,
                seconds = Math.Round(first.Seconds, 3),
                rows_per_second = Math.Round(rows / first.Seconds),
                added = first.Job.Added,
                faulty = first.Job.Faulty,
                unchanged_seconds = Math.Round(again.Seconds, 3),
                unchanged_rows_per_second = Math.Round(rows / again.Seconds),
                unchanged = again.Job.Unchanged,
                row_bytes = RowBytes,
                rss_bytes = Process.GetCurrentProcess().WorkingSet64,
                peak_rss_bytes = Process.GetCurrentProcess().PeakWorkingSet64,
                cpu_us_per_row = Math.Round(first.CpuSeconds * 1e6 / rows, 2),
                unchanged_cpu_us_per_row = Math.Round(again.CpuSeconds * 1e6 / rows, 2),
            }));
            return first.Job is { State: "finished", Faulty: 0 } && again.Job is { State: "finished" } ? 0 : 1;
        }
        finally
        {
            File.Delete(path);
            if (line.Option("tenant") is null)
            {
                while (await db.RunAsync(tenant, "delete from contact where contact_id in (select contact_id from contact limit 20000)", null, ct) > 0) continue;
                await db.RunAsync(tenant, "delete from import_job", null, ct);
            }
        }
    }

    private async Task<(ImportJob Job, double Seconds, double CpuSeconds)> MeasureAsync(TenantId tenant, string name, CancellationToken ct)
    {
        var importId = await jobs.AddFileAsync(Reach.Whole(tenant), name, FileTag.Of(Path.Combine(folders.ImportOf(tenant), name)), new ImportSettings(), "cli:bench", ct)
            ?? throw new InvalidOperationException("The bench's own file is known already.");
        var (begun, cpu) = (time.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        var job = await new ImportCommand(tenants, null!, jobs, run, time).FinishAsync(tenant, importId, ct);
        return (job, time.GetElapsedTime(begun).TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
    }

    /// <summary>Rows of 122 bytes with their line end: address, first and last name, and columns as they come from a shop.</summary>
    private async Task WriteAsync(TenantId tenant, string path, int rows, CancellationToken ct)
    {
        await using var whole = folders.Create(tenant, path);
        await using var file = new StreamWriter(whole, leaveOpen: true) { NewLine = "\n" };
        await file.WriteAsync("email,first_name,last_name,city,customer_since,note\n");
        var random = new Random(7);
        for (var i = 0; i < rows; i++)
        {
            var start = string.Create(CultureInfo.InvariantCulture, $"person.{i:D9}@mail{random.Next(1000):D3}.example,First{random.Next(10000):D4},Last{random.Next(1000000):D6},City{random.Next(1000):D3},20{random.Next(10, 26)}-0{random.Next(1, 9)}-1{random.Next(9)},");
            await file.WriteLineAsync((start + new string('n', RowBytes)).AsMemory(0, RowBytes - 1), ct);
        }
        await file.FlushAsync(ct);
        whole.Complete();
    }
}
