using System.Reflection;
using Modular.Plugins;
using Modular.Plugins.Hosting;

namespace Modular.Host.Plugins;

/// <summary>One plugin in memory: its sources and gateways, and how many are in use. It is unloaded once it is retired and the last use has ended.</summary>
internal sealed class LoadedPlugin
{
    private readonly Lock _lock = new();
    private PluginContext? _context;
    private int _uses;
    private bool _isRetired;

    private LoadedPlugin(PluginContext context, IReadOnlyDictionary<string, IImportSource> sources, IReadOnlyDictionary<string, ISmsGateway> gateways) =>
        (_context, Sources, Gateways) = (context, sources, gateways);

    public IReadOnlyDictionary<string, IImportSource> Sources { get; private set; }

    public IReadOnlyDictionary<string, ISmsGateway> Gateways { get; private set; }

    /// <exception cref="PluginRefused">It cannot be loaded, offers nothing, or threw.</exception>
    public static LoadedPlugin Load(string folder, PluginManifest manifest)
    {
        var context = new PluginContext(Path.Combine(folder, manifest.Entry));
        try
        {
            var offered = context.LoadEntry().GetExportedTypes()
                .Where(t => t is { IsAbstract: false, IsGenericTypeDefinition: false } && (t.IsAssignableTo(typeof(IImportSource)) || t.IsAssignableTo(typeof(ISmsGateway))))
                .Select(t => Activator.CreateInstance(t)!)   // a reference type: never null
                .ToList();
            return offered.Count > 0
                ? new(
                    context,
                    offered.OfType<IImportSource>().ToDictionary(s => s.Name, StringComparer.Ordinal),
                    offered.OfType<ISmsGateway>().ToDictionary(g => g.Name, StringComparer.Ordinal))
                : throw new PluginRefused(PluginState.Failed, $"{manifest.Entry} has no public class that implements IImportSource or ISmsGateway.");
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
        Gateways = new Dictionary<string, ISmsGateway>();
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
