using System.Reflection;
using Modular.Plugins;
using Modular.Plugins.Hosting;

namespace Modular.Host.Plugins;

/// <summary>One plugin in memory: its sources, and how many are in use. It is unloaded once it is retired and the last use has ended.</summary>
internal sealed class LoadedPlugin
{
    private readonly Lock _lock = new();
    private PluginContext? _context;
    private int _uses;
    private bool _isRetired;

    private LoadedPlugin(PluginContext context, IReadOnlyDictionary<string, IImportSource> sources) => (_context, Sources) = (context, sources);

    public IReadOnlyDictionary<string, IImportSource> Sources { get; private set; }

    /// <exception cref="PluginRefused">It cannot be loaded, has no source, or threw.</exception>
    public static LoadedPlugin Load(string folder, PluginManifest manifest)
    {
        var context = new PluginContext(Path.Combine(folder, manifest.Entry));
        try
        {
            var sources = context.LoadEntry().GetExportedTypes()
                .Where(t => t is { IsAbstract: false, IsGenericTypeDefinition: false } && t.IsAssignableTo(typeof(IImportSource)))
                .Select(t => (IImportSource)Activator.CreateInstance(t)!)   // a reference type: never null
                .ToDictionary(s => s.Name, StringComparer.Ordinal);
            return sources.Count > 0
                ? new(context, sources)
                : throw new PluginRefused(PluginState.Failed, $"{manifest.Entry} has no public class that implements IImportSource.");
        }
        catch (Exception e)
        {
            context.Unload();
            throw e as PluginRefused ?? new PluginRefused(PluginState.Failed, Words(e), e);
        }
    }

    /// <summary>Null when it is being unloaded.</summary>
    public IDisposable? TryUse()
    {
        lock (_lock)
        {
            if (_isRetired)
                return null;
            _uses++;
            return new Use(this);
        }
    }

    /// <summary>No new use from here on; unloads now, or when the last use ends.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            _isRetired = true;
            UnloadIfIdle();
        }
    }

    private void UnloadIfIdle()
    {
        if (!_isRetired || _uses > 0)
            return;
        Sources = new Dictionary<string, IImportSource>();   // an instance that is still held would hold the whole context
        _context?.Unload();
        _context = null;
    }

    private static string Words(Exception e) => e switch
    {
        TargetInvocationException { InnerException: { } inner } => Words(inner),
        TypeInitializationException { InnerException: { } inner } => Words(inner),
        BadImageFormatException => $"The entry is no .NET assembly: {e.Message}",
        _ => $"{e.GetType().Name}: {e.Message}",
    };

    private sealed class Use(LoadedPlugin plugin) : IDisposable
    {
        private LoadedPlugin? _plugin = plugin;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _plugin, null) is not { } used)
                return;
            lock (used._lock)
            {
                used._uses--;
                used.UnloadIfIdle();
            }
        }
    }
}
