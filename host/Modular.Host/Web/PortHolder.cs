using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Modular.Host.Web;

/// <summary>Says before the start which port is taken, and by what.</summary>
internal static class PortHolder
{
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Ports this process is about to listen on.</summary>
    public static void RequireFree(HostFacts facts, IPAddress console)
    {
        var wanted = new List<(string Name, int Port, IPAddress Address)>();
        if (facts.Is(HostRoles.Web))
            wanted.AddRange([("Console", facts.Ports.Console, console), ("Https", facts.Ports.Https, console)]);
        if (facts.Is(HostRoles.Gateway))
            wanted.AddRange(
            [
                ("Gateway", facts.Ports.Gateway, IPAddress.Loopback),
                ("Submission", facts.Ports.Submission, IPAddress.Loopback),
                ("Smtps", facts.Ports.Smtps, IPAddress.Loopback),
                ("Capture", facts.Ports.Capture, IPAddress.Loopback),
            ]);
        foreach (var (name, port, address) in wanted)
        {
            if (port != 0 && !IsFree(address, port))
                throw new CannotStartException(
                    $"Port {port} ({name.ToLowerInvariant()}) is taken{(Find(port) is { } holder ? $" by {holder}" : "")}. " +
                    $"Stop that, or choose another: Host:Ports:{name}, or --port-base N to move all of them.");
        }
    }

    private static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);   // as Kestrel does: one in TIME_WAIT is free
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return false;
        }
        catch (SocketException e)
        {
            throw new CannotStartException($"Port {port} on {address} cannot be listened on: {e.Message}.", e);
        }
    }

    /// <summary>The listener's program and process id; null when it is another user's and we may not look.</summary>
    public static string? Find(int port)
    {
        var inodes = Tables.Where(File.Exists).SelectMany(File.ReadLines).Select(l => ListeningInode(l, port)).OfType<string>().ToHashSet();
        if (inodes.Count == 0)
            return null;
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            try
            {
                if (Directory.EnumerateFiles(process + "/fd").Any(fd => new FileInfo(fd).LinkTarget is { } target && inodes.Contains(target)))
                    return $"{File.ReadAllText(process + "/comm").Trim()} (process {Path.GetFileName(process)})";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;   // gone, or another user's
            }
        }

        return null;
    }

    // sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
    //  0: 0100007F:1F90 00000000:0000 0A ...
    private static string? ListeningInode(string line, int port)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 9 && words[3] == "0A" && words[1].EndsWith(":" + port.ToString("X4", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            ? $"socket:[{words[9]}]"
            : null;
    }
}
