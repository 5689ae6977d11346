namespace Modular.Plugins.Hosting;

/// <summary>The sources that plugins brought. Served by the host, asked by the importer; plugins have no use for it.</summary>
public interface IImportSources
{
    /// <summary>Every plugin that was found, whatever became of it.</summary>
    IReadOnlyList<PluginStatus> Plugins { get; }

    /// <summary>The source of this name; null when no active plugin has one. Hold it while reading and no longer: a plugin is unloaded when its last lease ends.</summary>
    ISourceLease? Open(string name);
}

/// <summary>A source in use.</summary>
public interface ISourceLease : IDisposable
{
    IImportSource Source { get; }

    /// <summary>The guarded client for <see cref="SourceContext.Http"/>; it ends with the lease.</summary>
    HttpClient Http { get; }
}

/// <param name="Name">From <c>plugin.json</c>, or the folder's name when that could not be read.</param>
/// <param name="Version">The plugin's own; empty when unknown.</param>
/// <param name="Reason">Why it is not active, in words for the operator; null when it is.</param>
/// <param name="Sources">What it offers: names for <see cref="IImportSources.Open"/>.</param>
/// <param name="Settings">What a customer enters for it.</param>
/// <param name="Log">What became of it, oldest first; at most 50 lines.</param>
public sealed record PluginStatus(
    string Name, string Version, string Folder, PluginState State, string? Reason,
    IReadOnlyList<string> Sources, IReadOnlyList<PluginSetting> Settings, IReadOnlyList<PluginLogLine> Log)
{
    /// <summary>What else it offers: names for <see cref="ISmsGateways.Open"/>.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];
}

public enum PluginState
{
    /// <summary>Loaded; what it offers can be used.</summary>
    Active,

    /// <summary>The operator turned it off.</summary>
    Disabled,

    /// <summary>Written for another SDK, or it reaches for more than the SDK.</summary>
    Incompatible,

    /// <summary>It could not be loaded, or threw while it was.</summary>
    Failed,
}

/// <param name="IsSecret">Sealed at rest and never shown again.</param>
public sealed record PluginSetting(string Name, string Label, string Hint, bool IsRequired, bool IsSecret);

public sealed record PluginLogLine(DateTimeOffset At, string Text);
