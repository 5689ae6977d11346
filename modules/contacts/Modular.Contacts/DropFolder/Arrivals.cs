using Modular.Contacts.Importing;

namespace Modular.Contacts.DropFolder;

/// <summary>A complete file that lies in <c>import/</c> becomes an import by itself, once.</summary>
internal sealed class Arrivals(DropFolders folders, ImportJobs jobs, ImportSignal signal)
{
    /// <summary>Settings for all dropped files that have none of their own.</summary>
    private const string CommonSettings = "import.json";

    private const int MaxSettingsBytes = 256 * 1024;

    /// <summary>What computers leave in folders, uploads in progress, and what belongs to other files.</summary>
    public static bool IsIgnored(string name) =>
        name.StartsWith('.') || name.StartsWith("~$", StringComparison.Ordinal)
        || name.Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase) || name.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase)
        || Ends(name, ".errors.csv") || Ends(name, ".json") || Ends(name, ".part") || Ends(name, ".filepart") || Ends(name, ".partial") || Ends(name, ".tmp") || Ends(name, ".crdownload");

    /// <param name="name">Of a file directly in <c>import/</c>.</param>
    /// <returns>The new import; null when the file is none, is empty, or has one already.</returns>
    public async Task<long?> ArrivedAsync(TenantId tenant, string name, string actor, CancellationToken ct)
    {
        if (IsIgnored(name)) return null;
        var path = Path.Combine(folders.ImportOf(tenant), name);
        if (DavResource.At(path) is not { Exists: true, IsFolder: false, Bytes: > 0 }) return null;
        var settings = await SettingsAsync(tenant, name, ct);
        var importId = await jobs.AddFileAsync(Reach.Whole(tenant), name, FileTag.Of(path), settings, actor, ct);
        if (importId is not null) signal.Wake();
        return importId;
    }

    private async Task<Result<ImportSettings>> SettingsAsync(TenantId tenant, string name, CancellationToken ct)
    {
        foreach (var file in (string[])[name + ".json", CommonSettings])
        {
            var path = Path.Combine(folders.ImportOf(tenant), file);
            if (!File.Exists(path)) continue;
            using var json = new StreamReader(folders.OpenRead(tenant, path));
            if (json.BaseStream.Length > MaxSettingsBytes) return new SettingsRefused($"{file} is longer than {MaxSettingsBytes / 1024} KiB.");
            var settings = ImportSettings.FromJson(await json.ReadToEndAsync(ct));
            return settings.Fault is { } fault ? new SettingsRefused($"{file}: {fault.Detail}") : settings;
        }
        return new ImportSettings();
    }

    private static bool Ends(string name, string with) => name.EndsWith(with, StringComparison.OrdinalIgnoreCase);
}
