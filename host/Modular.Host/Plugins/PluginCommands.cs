using System.Text.Json;
using Modular.Plugins.Hosting;

namespace Modular.Host.Plugins;

internal sealed class PluginListCommand(IImportSources sources) : ICommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public string Name => "plugin list";

    public string Usage => "[--json]";

    public string Summary => "Lists the plugins with what they offer, and says of each that is not active why.";

    public bool IsOffline => true;

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        foreach (var plugin in sources.Plugins)
        {
            await line.Out.WriteLineAsync(line.Has("json")
                ? JsonSerializer.Serialize(plugin, Json)
                : $"{plugin.Name,-20} {plugin.Version,-10} {plugin.State,-14} {(plugin.Reason is { } reason ? reason : string.Join(", ", plugin.Sources.Concat(plugin.Gateways)))}");
        }

        return 0;
    }
}

internal sealed class PluginReloadCommand(PluginFolders folders) : ICommand
{
    public string Name => "plugin reload";

    public string Usage => "";

    public string Summary => "Makes the running suite load every plugin anew; imports that are reading go on with what they have.";

    public bool IsOffline => true;

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (!Directory.Exists(Path.GetDirectoryName(folders.ReloadSignal)))
        {
            await line.Error.WriteLineAsync("The suite has not run from this data folder yet, so there is nothing to reload.");
            return 1;
        }

        await File.WriteAllTextAsync(folders.ReloadSignal, "", ct);
        return 0;
    }
}
