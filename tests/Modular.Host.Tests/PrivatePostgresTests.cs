using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Modular.Host.Postgres;
using Modular.Testing;
using Npgsql;

namespace Modular.Host.Tests;

/// <summary>The real server, started, killed and found again in a folder of its own. Each test takes a second or two.</summary>
public sealed class PrivatePostgresTests : IDisposable
{
    private readonly TestFolder _folder = new("cluster");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Root => _folder.File("postgres");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_starts_keeps_its_rows_and_leaves_no_process_behind()
    {
        int postmaster;
        await using (var first = await OpenAsync())
        {
            Assert.False(first.Adopted);
            await RunAsync(first, "create table kept as select 42 as answer");
            postmaster = PostmasterPid.Read(Path.Combine(Root, "data", "postmaster.pid"))!.ProcessId;
        }

        await Eventually.HoldsAsync(() => IsGone(postmaster), Ct);   // it takes its file away a moment before it ends
        await using var second = await OpenAsync();
        Assert.Equal(42, await RunAsync(second, "select answer from kept"));
    }

    [Fact]
    public async Task Whoever_comes_second_uses_the_running_server_and_the_last_one_out_stops_it()
    {
        var first = await OpenAsync(asHost: true);
        var second = await OpenAsync();
        Assert.True(second.Adopted);

        await first.DisposeAsync();
        Assert.Equal(1, await RunAsync(second, "select 1"));

        await second.DisposeAsync();
        Assert.Null(PostmasterPid.Read(Path.Combine(Root, "data", "postmaster.pid")));
    }

    [Fact]
    public async Task Many_commands_at_once_share_one_server()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            await using var server = await OpenAsync();
            return (int)(await RunAsync(server, $"select {i}"))!;
        }));

        Assert.Equal([0, 1, 2, 3, 4, 5], answers);
    }

    [Fact]
    public async Task A_second_host_is_refused_and_told_which_process_is_there()
    {
        await using var first = await OpenAsync(asHost: true);

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => OpenAsync(asHost: true));

        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_server_was_killed_every_committed_row_is_there()
    {
        await using var first = await OpenAsync();
        await RunAsync(first, "create table kept as select generate_series(1, 1000) as n");
        using (var postmaster = Process.GetProcessById(PostmasterPid.Read(Path.Combine(Root, "data", "postmaster.pid"))!.ProcessId))
            postmaster.Kill();

        await using var second = await OpenAsync();

        Assert.False(second.Adopted);
        Assert.Equal(1000L, await RunAsync(second, "select count(*) from kept"));
    }

    [Fact]
    public async Task A_host_starts_its_server_again_when_it_was_killed()
    {
        await using var server = await OpenAsync(asHost: true);
        using (var postmaster = Process.GetProcessById(PostmasterPid.Read(Path.Combine(Root, "data", "postmaster.pid"))!.ProcessId))
            postmaster.Kill();

        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                return await RunAsync(server, "select 1") is 1;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }, Ct);
    }

    [Fact]
    public async Task A_pid_file_of_a_dead_server_is_no_hindrance()
    {
        await (await OpenAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Root, "data", "postmaster.pid"), $"4194303\n{Root}/data\n1\n5432\n{Root}/s\n\n 1 1\nready\n", Ct);

        await using var again = await OpenAsync();

        Assert.Equal(1, await RunAsync(again, "select 1"));
    }

    [Fact]
    public async Task Where_the_sockets_path_is_too_long_it_listens_on_loopback()
    {
        var deep = Path.Combine(_folder.Path, new string('x', 100));
        await using var server = await PrivatePostgres.OpenAsync(deep, asHost: false, null, new Dictionary<string, string>(), TimeProvider.System, NullLogger.Instance, Ct);

        Assert.Equal("127.0.0.1", new NpgsqlConnectionStringBuilder(server.ConnectionString).Host);
        Assert.Equal(1, await RunAsync(server, "select 1"));
    }

    [Fact]
    public async Task A_folder_that_the_servers_account_cannot_enter_is_named()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root hands the server to another account");
        var closed = Directory.CreateDirectory(_folder.File("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

        var refused = await Assert.ThrowsAsync<CannotStartException>(() =>
            PrivatePostgres.OpenAsync(Path.Combine(closed, "postgres"), asHost: false, null, new Dictionary<string, string>(), TimeProvider.System, NullLogger.Instance, Ct));

        Assert.Contains(closed + " cannot be entered", refused.Message, StringComparison.Ordinal);
        Assert.Contains("MODULAR_DATA", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_of_a_version_that_is_not_here_is_refused_with_both_versions()
    {
        await (await OpenAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Root, "data", "PG_VERSION"), "9\n", Ct);

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => OpenAsync());

        Assert.Contains("PostgreSQL 9", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operators_server_that_may_lose_data_is_refused()
    {
        await using var server = await PrivatePostgres.OpenAsync(Root, asHost: false, null, new Dictionary<string, string> { ["fsync"] = "off" }, TimeProvider.System, NullLogger.Instance, Ct);

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => ExternalPostgres.CheckAsync(server.ConnectionString, mustBeDurable: true, Ct));

        Assert.Contains("fsync", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operators_login_that_may_not_make_roles_is_refused_with_the_remedy()
    {
        await using var server = await OpenAsync();
        await RunAsync(server, "create role weak login password 'weak'");
        var weak = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Username = "weak", Password = "weak" }.ConnectionString;

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => ExternalPostgres.CheckAsync(weak, mustBeDurable: true, Ct));

        Assert.Contains("alter role weak createrole", refused.Message, StringComparison.Ordinal);
    }

    private static bool IsGone(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Contains(") Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private Task<PrivatePostgres> OpenAsync(bool asHost = false) =>
        PrivatePostgres.OpenAsync(Root, asHost, null, new Dictionary<string, string>(), TimeProvider.System, NullLogger.Instance, Ct);

    private static async Task<object?> RunAsync(PrivatePostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }
}
