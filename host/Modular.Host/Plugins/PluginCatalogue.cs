using Modular.Host.Egress;
using Modular.Plugins;
using Modular.Plugins.Hosting;

namespace Modular.Host.Plugins;

/// <summary>Every plugin that was found, and what became of each. Looked for at the first question; looked at again when something in the folders changes.</summary>
internal sealed partial class PluginCatalogue(PluginFolders folders, GuardedClient http, TimeProvider time, ILogger<PluginCatalogue> log) : IImportSources, ISmsGateways
{
    private const int MaxLogLines = 50;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);   // by folder
    private bool _hasLooked;

    public IReadOnlyList<PluginStatus> Plugins
    {
        get
        {
            lock (_lock)
            {
                LookOnce();
                return [.. _entries.Values.Select(e => e.Status).OrderBy(s => s.Name, StringComparer.Ordinal)];
            }
        }
    }

    public ISourceLease? Open(string name)
    {
        lock (_lock)
        {
            LookOnce();
            foreach (var entry in _entries.Values)
            {
                if (entry.Plugin?.Sources.GetValueOrDefault(name) is { } source && entry.Plugin.TryUse() is { } use)
                    return new SourceLease(source, http.Create(), use);
            }

            return null;
        }
    }

    ISmsLease? ISmsGateways.Open(string name)
    {
        lock (_lock)
        {
            LookOnce();
            foreach (var entry in _entries.Values)
            {
                if (entry.Plugin?.Gateways.GetValueOrDefault(name) is { } gateway && entry.Plugin.TryUse() is { } use)
                    return new SmsLease(gateway, http.Create(), use);
            }

            return null;
        }
    }

    /// <summary>Looks at the folders again: loads what is new or changed, unloads what is gone. A plugin in use goes on as it is until that use ends.</summary>
    /// <param name="everything">Also what did not change.</param>
    public void Reload(bool everything)
    {
        lock (_lock)
        {
            _hasLooked = true;
            var found = folders.Find();
            foreach (var gone in _entries.Keys.Except(found).ToList())
            {
                LogGone(_entries[gone].Status.Name);
                _entries[gone].Plugin?.Retire();
                _entries.Remove(gone);
            }

            foreach (var folder in found)
            {
                var stamp = PluginFolders.Stamp(folder);
                if (everything || !_entries.TryGetValue(folder, out var entry) || entry.Stamp != stamp)
                    Load(folder, stamp);
            }
        }
    }

    private void LookOnce()
    {
        if (!_hasLooked)
            Reload(everything: false);
    }

    private void Load(string folder, string stamp)
    {
        var before = _entries.GetValueOrDefault(folder);
        before?.Plugin?.Retire();
        _entries.Remove(folder);

        PluginManifest? manifest = null;
        LoadedPlugin? plugin = null;
        var (state, reason) = (PluginState.Active, (string?)null);
        try
        {
            manifest = PluginManifest.Read(folder);
            if (folders.IsDisabled(manifest.Name))
                throw new PluginRefused(PluginState.Disabled, "The operator turned it off (Plugins:Disabled).");
            manifest.RequireSdk(typeof(IImportSource).Assembly.GetName().Version!);   // our own assembly has one
            PluginInspection.RequireOnlySdk(folder, manifest.Entry);
            plugin = LoadedPlugin.Load(folder, manifest);
            if (plugin.Sources.Keys.FirstOrDefault(s => IsTaken(p => p.Sources.ContainsKey(s))) is { } source)
                throw new PluginRefused(PluginState.Failed, $"Another plugin has a source called {source} already.");
            if (plugin.Gateways.Keys.FirstOrDefault(g => IsTaken(p => p.Gateways.ContainsKey(g))) is { } gateway)
                throw new PluginRefused(PluginState.Failed, $"Another plugin has an SMS gateway called {gateway} already.");
        }
        catch (PluginRefused refused)
        {
            plugin?.Retire();
            (plugin, state, reason) = (null, refused.State, refused.Message);
        }

        var name = manifest?.Name ?? Path.GetFileName(folder);
        var line = reason is null ? $"Active: {string.Join(", ", plugin!.Sources.Keys.Concat(plugin.Gateways.Keys))} (version {manifest!.Version})" : $"{state}: {reason}";
        if (state is PluginState.Active or PluginState.Disabled)
            LogLoaded(name, line);
        else
            LogRefused(name, line);
        _entries[folder] = new(stamp, plugin, new PluginStatus(
            name, manifest?.Version ?? "", folder, state, reason, plugin is null ? [] : [.. plugin.Sources.Keys], manifest?.Settings ?? [],
            [.. (before?.Status.Log ?? []).TakeLast(MaxLogLines - 1), new PluginLogLine(time.GetUtcNow(), line)])
        {
            Gateways = plugin is null ? [] : [.. plugin.Gateways.Keys],
        });
    }

    private bool IsTaken(Func<LoadedPlugin, bool> byOther) => _entries.Values.Any(e => e.Plugin is { } other && byOther(other));

    private sealed record Entry(string Stamp, LoadedPlugin? Plugin, PluginStatus Status);

    private abstract class Lease<T>(T part, HttpClient http, IDisposable use) : IDisposable
        where T : class
    {
        private T? _part = part;

        public HttpClient Http => http;

        protected T Part => _part ?? throw new ObjectDisposedException(GetType().Name);

        public void Dispose()
        {
            _part = null;
            http.Dispose();
            use.Dispose();
        }
    }

    private sealed class SourceLease(IImportSource source, HttpClient http, IDisposable use) : Lease<IImportSource>(source, http, use), ISourceLease
    {
        public IImportSource Source => Part;
    }

    private sealed class SmsLease(ISmsGateway gateway, HttpClient http, IDisposable use) : Lease<ISmsGateway>(gateway, http, use), ISmsLease
    {
        public ISmsGateway Gateway => Part;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Plugin {Plugin}: {Line}")]
    private partial void LogLoaded(string plugin, string line);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Plugin {Plugin}: {Line}")]
    private partial void LogRefused(string plugin, string line);

    [LoggerMessage(Level = LogLevel.Information, Message = "Plugin {Plugin}: its folder is gone, unloaded")]
    private partial void LogGone(string plugin);
}
