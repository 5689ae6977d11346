using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Modular.Host.Postgres;

/// <summary>Starts, finds and stops the server of one cluster. <c>pg_ctl</c> starts it in a session of its own, so a Ctrl+C meant for the host does not stop it first.</summary>
internal sealed class ServerProcess(ClusterFiles files, PostgresBinaries binaries, ServerAccount account, IReadOnlyDictionary<string, string> operators, TimeProvider time)
{
    private const int Attempts = 20;

    /// <summary>The server that a killed host left behind, or that another process uses: proven by a real connection. Null when there is none.</summary>
    public async Task<string?> FindRunningAsync(CancellationToken ct)
    {
        if (PostmasterPid.Read(files.PidFile) is not { IsReady: true } pid || !pid.IsAlive())
            return null;
        var address = ConnectionString(pid);
        try
        {
            await using var probe = new NpgsqlConnection(address + ";Pooling=false;Timeout=5");
            await probe.OpenAsync(ct);
            return address;
        }
        catch (NpgsqlException)
        {
            return null;   // shutting down, or the pid belongs to another server by now
        }
    }

    /// <summary>Starts the server. After a kill -9 of the old one its orphaned backends still hold the shared memory for a second or two, hence the attempts.</summary>
    /// <param name="port">Where it must listen because clients know it there; null for any free one.</param>
    public async Task<string> StartAsync(int? port, CancellationToken ct)
    {
        if (files.SocketFits)
            await account.CreateFolderAsync(files.Sockets, ct);
        await account.CreateFolderAsync(files.Log, ct);

        for (var attempt = 1; ; attempt++)
        {
            if (PostmasterPid.Read(files.PidFile) is { } left && !left.IsAlive())
                File.Delete(files.PidFile);   // a zombie's: PostgreSQL itself would take it for alive
            await File.WriteAllTextAsync(files.Settings, ClusterSettings.Write(files, port ?? (files.SocketFits ? 5432 : FreePort()), operators), ct);
            await account.OwnAsync(files.Settings, ct);

            // Recovery after a power cut can take minutes: the limit is for a server that hangs.
            var answer = await ServerCommand.RunAsync(binaries.Tool("pg_ctl"), ["start", "-D", files.Data, "-l", files.StartLog, "-w", "-s", "-t", "600"], account.Name, files.Root, ct);
            if (answer.ExitCode == 0 && PostmasterPid.Read(files.PidFile) is { } pid)
                return ConnectionString(pid);
            if (attempt == Attempts)
                throw new CannotStartException($"PostgreSQL did not start: {answer.Errors}\n{LastLines(files.StartLog)}\nIts log is in {files.Log}.");
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, ct);
        }
    }

    /// <summary>Cuts the connections that are left and shuts down with a checkpoint, so that the next start needs no recovery.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        NpgsqlConnection.ClearAllPools();
        await ServerCommand.RunAsync(binaries.Tool("pg_ctl"), ["stop", "-D", files.Data, "-m", "fast", "-w", "-s", "-t", "120"], account.Name, files.Root, ct);
    }

    private string ConnectionString(PostmasterPid pid) => new NpgsqlConnectionStringBuilder
    {
        Host = pid.Host,
        Port = pid.Port,
        Username = ClusterCreation.SuperUser,
        Password = File.ReadAllText(files.Secret),
        Database = "postgres",
        SslMode = SslMode.Disable,
    }.ConnectionString;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string LastLines(string log) => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(5)) : "";
}
