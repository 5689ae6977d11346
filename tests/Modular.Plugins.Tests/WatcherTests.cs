using Microsoft.Extensions.Logging.Abstractions;
using Modular.Host.Plugins;
using Modular.Plugins.Hosting;
using Modular.Testing;

namespace Modular.Plugins.Tests;

/// <summary>A running host notices what happens in its plugins' folders.</summary>
public sealed class WatcherTests : IAsyncLifetime
{
    private readonly PluginBench _bench = new();
    private PluginWatcher _watcher = null!;   // set before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var facts = new HostFacts("/", new Uri("http://127.0.0.1"), HostRoles.Worker, new HostPorts(0, 0, 0, 0, 0));
        _watcher = new PluginWatcher(_bench.Catalogue, _bench.Folders, facts, TimeProvider.System, NullLogger<PluginWatcher>.Instance);
        await _watcher.StartAsync(Ct);
        await Eventually.HoldsAsync(() => Directory.Exists(Path.GetDirectoryName(_bench.Folders.ReloadSignal)), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _watcher.StopAsync(CancellationToken.None);
        _watcher.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public async Task A_plugin_that_is_copied_in_becomes_active_and_a_new_version_takes_its_place()
    {
        _bench.With("good");
        await Eventually.HoldsAsync(() => _bench.Catalogue.Plugins is [{ State: PluginState.Active, Version: "1.0.0" }], Ct);

        _bench.Rewrite("good", "1.0.0", "2.0.0");
        await Eventually.HoldsAsync(() => _bench.Catalogue.Plugins is [{ State: PluginState.Active, Version: "2.0.0" }], Ct);
    }

    [Fact]
    public async Task The_reload_command_loads_everything_anew()
    {
        _bench.With("good");
        await Eventually.HoldsAsync(() => _bench.Catalogue.Plugins is [{ State: PluginState.Active }], Ct);
        var before = _bench.Catalogue.Plugins[0].Log.Count;

        var command = new PluginReloadCommand(_bench.Folders);
        Assert.Equal(0, await command.RunAsync(new CommandLine([], TextWriter.Null, TextWriter.Null), Ct));

        await Eventually.HoldsAsync(() => _bench.Catalogue.Plugins[0].Log.Count > before, Ct);
    }
}
