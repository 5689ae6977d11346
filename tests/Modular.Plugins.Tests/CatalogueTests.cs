using System.Runtime.CompilerServices;
using Modular.Plugins.Hosting;

namespace Modular.Plugins.Tests;

public sealed class CatalogueTests : IDisposable
{
    private readonly PluginBench _bench = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_good_plugin_is_active_and_its_rows_come_through()
    {
        _bench.With("good");

        var status = Assert.Single(_bench.Catalogue.Plugins);
        Assert.Equal((PluginState.Active, "good", "1.0.0"), (status.State, status.Name, status.Version));
        Assert.Equal("rows", Assert.Single(status.Settings).Name);

        using var lease = _bench.Catalogue.Open("counting")!;
        var context = PluginBench.Context(lease.Http, ("rows", "3"));
        var rows = await lease.Source.ReadAsync(context, Ct).ToListAsync(Ct);
        Assert.Equal(["1@example.com", "2@example.com", "3@example.com"], rows.Select(r => r.Fields["email"]));
        Assert.True(context.State.ContainsKey("last"));
    }

    [Fact]
    public async Task A_plugin_brings_its_own_version_of_a_package_that_the_host_has_too()
    {
        _bench.With("clashing");

        using var lease = _bench.Catalogue.Open("version")!;
        var row = Assert.Single(await lease.Source.ReadAsync(PluginBench.Context(lease.Http), Ct).ToListAsync(Ct));

        Assert.Equal("34.0.0.0", row.Fields["version"]);
        Assert.Equal("33.0.0.0", typeof(CsvHelper.CsvReader).Assembly.GetName().Version!.ToString());
    }

    [Fact]
    public void A_plugin_that_reaches_for_Kernel_is_incompatible_and_never_loaded()
    {
        _bench.With("reaching");

        var status = Assert.Single(_bench.Catalogue.Plugins);

        Assert.Equal(PluginState.Incompatible, status.State);
        Assert.Contains("TestPlugins.Reaching.dll reaches for Modular.Kernel", status.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), a => a.GetName().Name == "TestPlugins.Reaching");
    }

    [Fact]
    public void A_plugin_that_throws_has_failed_and_says_what_it_threw()
    {
        _bench.With("throwing");

        var status = Assert.Single(_bench.Catalogue.Plugins);

        Assert.Equal((PluginState.Failed, "InvalidOperationException: no licence file"), (status.State, status.Reason));
    }

    [Fact]
    public void One_bad_plugin_leaves_the_good_one_alone()
    {
        _bench.With("throwing").With("reaching").With("good");

        Assert.Equal([PluginState.Active, PluginState.Incompatible, PluginState.Failed], _bench.Catalogue.Plugins.Select(p => p.State));
        using var lease = _bench.Catalogue.Open("counting");
        Assert.NotNull(lease);
    }

    [Fact]
    public void The_shipped_http_plugin_is_active_as_built()
    {
        _bench.With("http");

        Assert.Equal(["http-csv"], Assert.Single(_bench.Catalogue.Plugins).Sources);
    }

    [Theory]
    [InlineData("\"sdk\": \"1.0\"", "\"sdk\": \"2.0\"", PluginState.Incompatible, "written for SDK 2.0")]
    [InlineData("\"sdk\": \"1.0\"", "\"sdk\": \"1.9\"", PluginState.Incompatible, "written for SDK 1.9")]
    [InlineData("\"sdk\": \"1.0\",", "", PluginState.Failed, "does not say 'sdk'")]
    [InlineData("TestPlugins.Good.dll", "Other.dll", PluginState.Failed, "Other.dll is not in")]
    [InlineData("TestPlugins.Good.dll", "../good/TestPlugins.Good.dll", PluginState.Failed, "a file beside it")]
    [InlineData("{ \"name\"", "\"name\"", PluginState.Failed, "cannot be read")]
    public void A_manifest_that_does_not_fit_says_why(string from, string to, PluginState state, string why)
    {
        _bench.With("good").Rewrite("good", from, to);

        var status = Assert.Single(_bench.Catalogue.Plugins);

        Assert.Equal(state, status.State);
        Assert.Contains(why, status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plugin_that_the_operator_turned_off_is_disabled()
    {
        using var bench = new PluginBench(disabled: "http, good");
        bench.With("good");

        Assert.Equal(PluginState.Disabled, Assert.Single(bench.Catalogue.Plugins).State);
        Assert.Null(bench.Catalogue.Open("counting"));
    }

    [Fact]
    public void Two_plugins_with_the_same_source_do_not_take_it_from_each_other()
    {
        _bench.With("good").With("good", @as: "later");

        Assert.Equal([PluginState.Active, PluginState.Failed], _bench.Catalogue.Plugins.OrderBy(p => p.Folder, StringComparer.Ordinal).Select(p => p.State));
    }

    [Fact]
    public void What_changed_is_loaded_anew_and_what_is_gone_is_unloaded()
    {
        _bench.With("good").With("throwing");
        Assert.Equal(2, _bench.Catalogue.Plugins.Count);

        _bench.Rewrite("good", "1.0.0", "1.1.0");
        Directory.Delete(_bench.FolderOf("throwing"), recursive: true);
        _bench.Catalogue.Reload(everything: false);

        var status = Assert.Single(_bench.Catalogue.Plugins);
        Assert.Equal(("1.1.0", 2), (status.Version, status.Log.Count));
    }

    [Fact]
    public async Task A_reload_waits_for_nobody_and_an_import_that_reads_goes_on_to_its_end()
    {
        _bench.With("good");
        using var lease = _bench.Catalogue.Open("counting")!;
        await using var rows = lease.Source.ReadAsync(PluginBench.Context(lease.Http, ("rows", "5")), Ct).GetAsyncEnumerator(Ct);
        Assert.True(await rows.MoveNextAsync());

        _bench.Catalogue.Reload(everything: true);

        for (var row = 2; row <= 5; row++)
            Assert.True(await rows.MoveNextAsync());
        Assert.False(await rows.MoveNextAsync());
        using var fresh = _bench.Catalogue.Open("counting")!;
        Assert.NotEqual(lease.Source.GetType(), fresh.Source.GetType());   // the same name out of two contexts
    }

    [Fact]
    public void A_plugin_whose_last_lease_ended_leaves_the_memory()
    {
        _bench.With("good");
        var assembly = UseAndForget(_bench);
        _bench.Catalogue.Reload(everything: true);

        for (var round = 0; round < 20 && assembly.IsAlive; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(assembly.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseAndForget(PluginBench bench)
    {
        using var lease = bench.Catalogue.Open("counting")!;
        return new WeakReference(lease.Source.GetType().Assembly);
    }
}
