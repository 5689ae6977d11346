using System.Globalization;

namespace Modular.Host.Plugins;

/// <summary>Where plugins lie: in <c>plugins</c> beside the host, which come with it, and in <c>plugins</c> in the data folder, which the operator adds.</summary>
internal sealed class PluginFolders
{
    private readonly HashSet<string> _disabled;

    public PluginFolders(HostFacts facts, IConfiguration settings)
    {
        Own = Path.Combine(facts.DataFolder, "plugins");
        Roots = [settings["Plugins:Folder"] is { Length: > 0 } named ? Path.GetFullPath(named) : Path.Combine(AppContext.BaseDirectory, "plugins"), Own];
        _disabled = (settings["Plugins:Disabled"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
    }

    public IReadOnlyList<string> Roots { get; }

    /// <summary>Touching this file tells a running host to load everything anew.</summary>
    public string ReloadSignal => Path.Combine(Own, ".reload");

    private string Own { get; }

    public bool IsDisabled(string plugin) => _disabled.Contains(plugin);

    public IReadOnlyList<string> Find() =>
    [
        .. Roots.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories)
            .Where(folder => File.Exists(Path.Combine(folder, PluginManifest.FileName))).Order(StringComparer.Ordinal),
    ];

    /// <summary>Changes whenever a file in the folder does.</summary>
    public static string Stamp(string folder) => string.Join('\n', new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
        .OrderBy(f => f.FullName, StringComparer.Ordinal)
        .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.FullName} {f.Length} {f.LastWriteTimeUtc.Ticks}")));
}
