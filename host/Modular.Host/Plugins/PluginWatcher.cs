using System.Threading.Channels;

namespace Modular.Host.Plugins;

/// <summary>Loads plugins at the start and again when their files change, without a restart. A copy in progress is many changes, so it waits until they stop.</summary>
internal sealed partial class PluginWatcher(PluginCatalogue catalogue, PluginFolders folders, HostFacts facts, TimeProvider time, ILogger<PluginWatcher> log) : BackgroundService
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!facts.Is(HostRoles.Web) && !facts.Is(HostRoles.Worker))
            return;
        await Task.Yield();   // the start does not wait for plugins
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var watchers = new Watchers(folders, signalled => _wantsEverything |= signalled, changes.Writer, log);
        catalogue.Reload(everything: false);
        await foreach (var _ in changes.Reader.ReadAllAsync(stoppingToken))
        {
            do
                await Task.Delay(Quiet, time, stoppingToken);
            while (changes.Reader.TryRead(out bool _));
            var everything = Interlocked.Exchange(ref _wantsEverything, false);
            try
            {
                catalogue.Reload(everything);
            }
            catch (IOException e)
            {
                LogFailed(log, e);   // a file vanished in between; the next change comes by
            }
        }
    }

    private bool _wantsEverything;

    private sealed class Watchers : IDisposable
    {
        private readonly List<FileSystemWatcher> _watchers = [];

        public Watchers(PluginFolders folders, Action<bool> signalled, ChannelWriter<bool> changes, ILogger log)
        {
            foreach (var root in folders.Roots)
            {
                try
                {
                    Directory.CreateDirectory(root);
                    var watcher = new FileSystemWatcher(root) { IncludeSubdirectories = true };
                    FileSystemEventHandler changed = (_, e) =>
                    {
                        signalled(e.FullPath == folders.ReloadSignal);
                        changes.TryWrite(true);
                    };
                    watcher.Changed += changed;
                    watcher.Created += changed;
                    watcher.Deleted += changed;
                    watcher.Renamed += (sender, e) => changed(sender, e);
                    watcher.EnableRaisingEvents = true;
                    _watchers.Add(watcher);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    LogUnwatched(log, root, e.Message);
                }
            }
        }

        public void Dispose() => _watchers.ForEach(w => w.Dispose());
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The folder {Folder} cannot be watched ({Reason}): plugins changed there are loaded at the next start")]
    private static partial void LogUnwatched(ILogger log, string folder, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The plugins' folders could not be read")]
    private static partial void LogFailed(ILogger log, Exception e);
}
