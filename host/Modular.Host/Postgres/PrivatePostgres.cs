using System.Globalization;
using Npgsql;

namespace Modular.Host.Postgres;

/// <summary>
/// The PostgreSQL of the data folder, while this process uses it. Whoever comes first starts it, whoever leaves last stops it: a command-line command
/// works beside a running host, and without one.
/// </summary>
internal sealed partial class PrivatePostgres : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly ClusterFiles _files;
    private readonly ServerProcess _server;
    private readonly FileLock? _hostLock;
    private readonly FileLock _use;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _leaving = new();
    private readonly Task _keeping;

    private PrivatePostgres(ClusterFiles files, ServerProcess server, FileLock? hostLock, FileLock use, string connectionString, bool adopted, TimeProvider time, ILogger log)
    {
        (_files, _server, _hostLock, _use, _time, _log) = (files, server, hostLock, use, time, log);
        (ConnectionString, Adopted) = (connectionString, adopted);
        _keeping = hostLock is null ? Task.CompletedTask : KeepAsync(_leaving.Token);
    }

    /// <summary>As the cluster's superuser, to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>The server was running already: for another process, or left by a host that was killed.</summary>
    public bool Adopted { get; }

    /// <param name="folder">Made if it is not there.</param>
    /// <param name="asHost">True for the one process that serves: a second one is refused.</param>
    /// <param name="binaries">Setting <c>Database:Binaries</c>; null means whatever the machine has.</param>
    /// <param name="settings">The operator's own PostgreSQL settings.</param>
    public static async Task<PrivatePostgres> OpenAsync(
        string folder, bool asHost, string? binaries, IReadOnlyDictionary<string, string> settings, TimeProvider time, ILogger log, CancellationToken ct)
    {
        var files = new ClusterFiles(Path.GetFullPath(folder));
        var account = ServerAccount.OfThisMachine();
        account.RequireReachable(files.Root);
        Settings.DataFolder.Create(files.Root);   // ours: only what the server writes belongs to its account

        var hostLock = asHost ? TakeHostLock(files) : null;
        try
        {
            using var starting = await FileLock.ExclusiveAsync(files.StartLock, Patience, time, ct);
            var server = new ServerProcess(files, await PostgresBinaries.FindAsync(binaries, files.Version(), ct), account, settings, time);
            if (files.Version() is null)
                await ClusterCreation.CreateAsync(files, await PostgresBinaries.FindAsync(binaries, clusterVersion: null, ct), account, ct);

            var running = await server.FindRunningAsync(ct);
            var address = running ?? await server.StartAsync(port: null, ct);
            var use = FileLock.TryShared(files.UsersLock) ?? throw new InvalidOperationException($"{files.UsersLock} is held although {files.StartLock} was free");
            return new(files, server, hostLock, use, address, adopted: running is not null, time, log);
        }
        catch
        {
            hostLock?.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server, unless another process still uses it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _keeping;
        _leaving.Dispose();
        using var stopping = await FileLock.ExclusiveAsync(_files.StartLock, Patience, _time, CancellationToken.None);
        _use.Dispose();
        using var last = FileLock.TryExclusive(_files.UsersLock);
        if (last is not null)
            await _server.StopAsync(CancellationToken.None);
        _hostLock?.Dispose();
    }

    /// <summary>The host looks after its server: one that was killed is started again, at the same address, and its clients' next connections find it.</summary>
    private async Task KeepAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEvery, _time);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(ct);
                if (PostmasterPid.Read(_files.PidFile)?.IsAlive() is true)
                    continue;
                using var starting = await FileLock.ExclusiveAsync(_files.StartLock, Patience, _time, ct);
                if (await _server.FindRunningAsync(ct) is not null)
                    continue;
                LogGone(_log);
                await _server.StartAsync(new NpgsqlConnectionStringBuilder(ConnectionString).Port, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogNotStarted(_log, e);   // the next look tries again
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL is gone, as after a kill -9: starting it again")]
    private static partial void LogGone(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "PostgreSQL could not be started again")]
    private static partial void LogNotStarted(ILogger log, Exception e);

    private static FileLock TakeHostLock(ClusterFiles files)
    {
        var pidFile = files.HostLock + ".pid";
        var taken = FileLock.TryExclusive(files.HostLock) ?? throw new CannotStartException(
            $"Another Modular (process {(File.Exists(pidFile) ? File.ReadAllText(pidFile) : "unknown")}) already serves from {Path.GetDirectoryName(files.Root)}. " +
            "Stop it, or choose another data folder with MODULAR_DATA.");
        File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return taken;
    }
}
