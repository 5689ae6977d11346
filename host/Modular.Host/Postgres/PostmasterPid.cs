using System.Globalization;

namespace Modular.Host.Postgres;

/// <summary>What a running server says of itself in <c>postmaster.pid</c>.</summary>
internal sealed record PostmasterPid(int ProcessId, int Port, string Host, bool IsReady)
{
    /// <summary>Null when there is no such file, or when it is only half written.</summary>
    public static PostmasterPid? Read(string path)
    {
        string[] lines;   // process, data folder, start time, port, socket folder, listen address, shared memory, status
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return null;
        }

        return lines.Length >= 8
            && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var process)
            && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)
                ? new(process, port, lines[4].Length > 0 ? lines[4] : lines[5], lines[7].Trim() == "ready")
                : null;
    }

    /// <summary>Asks /proc instead of sending signal 0, for which a zombie is alive: one just killed always is, and under a PID 1 that reaps nothing it stays one.</summary>
    public bool IsAlive()
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{ProcessId}/stat");   // 4711 (postgres) S ..
            return stat.Contains("(postgres)", StringComparison.Ordinal) && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
