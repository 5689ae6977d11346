using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Modular.Host.Egress;
using Modular.Host.Plugins;
using Modular.Testing;

namespace Modular.Plugins.Tests;

/// <summary>A catalogue over a folder of the test's own, into which the built test plugins are copied.</summary>
internal sealed class PluginBench : IDisposable
{
    private readonly TestFolder _folder = new("plugins");

    public PluginBench(string disabled = "")
    {
        var facts = new HostFacts(_folder.Path, new Uri("http://127.0.0.1"), HostRoles.None, new HostPorts(0, 0, 0, 0, 0));
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Plugins:Folder", _folder.File("shipped")), new("Plugins:Disabled", disabled)]).Build();
        Folders = new PluginFolders(facts, settings);
        Catalogue = new PluginCatalogue(Folders, new GuardedClient(EgressRules.Read(settings.GetSection("Egress")), TimeProvider.System), TimeProvider.System, NullLogger<PluginCatalogue>.Instance);
    }

    public PluginFolders Folders { get; }

    public PluginCatalogue Catalogue { get; }

    public string FolderOf(string name) => Path.Combine(_folder.Path, "plugins", name);

    /// <param name="built">A folder below <c>TestPlugins</c>, or a plugin that ships with the host.</param>
    public PluginBench With(string built, string? @as = null)
    {
        var to = Directory.CreateDirectory(FolderOf(@as ?? built)).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "plugins", built)))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        return this;
    }

    public PluginBench Rewrite(string name, string from, string to)
    {
        var manifest = Path.Combine(FolderOf(name), PluginManifest.FileName);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(from, to, StringComparison.Ordinal));
        return this;
    }

    public static SourceContext Context(HttpClient http, params (string Name, string Value)[] settings) => new()
    {
        Settings = settings.ToDictionary(s => s.Name, s => s.Value),
        Http = http,
        Time = TimeProvider.System,
        State = new Dictionary<string, string>(),
    };

    public void Dispose() => _folder.Dispose();
}
