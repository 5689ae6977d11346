using Microsoft.Extensions.Logging.Abstractions;
using Modular.Host;
using Modular.Host.Postgres;

namespace Modular.Testing;

/// <summary>A test run that was killed leaves its server running: the next one stops it and takes its folder away.</summary>
internal static class AbandonedServers
{
    public static async Task StopAsync(string own)
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), TestFolder.Prefix + "postgres-*"))
        {
            var process = folder.Split('-').Reverse().Skip(1).First();   // modular-test-postgres-PID-N
            if (folder == own || Directory.Exists("/proc/" + process))
                continue;
            try
            {
                await (await PrivatePostgres.OpenAsync(folder, asHost: false, null, new Dictionary<string, string>(), TimeProvider.System, NullLogger.Instance, CancellationToken.None)).DisposeAsync();
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CannotStartException)
            {
                continue;   // another run is at it already, or it is another user's
            }
        }
    }
}
