using System.Net;
using System.Net.Sockets;

namespace Modular.Testing;

/// <summary>Ports for servers under test: below those that the system gives to clients (32768 on Linux), or a client takes one between the look and the listening.</summary>
public static class FreePorts
{
    private const int First = 20_000, End = 32_000;

    private static int _next = First + Environment.ProcessId % 1_000 * 10;

    /// <summary>The first of so many in a row. Several servers may be started at once, here and in another run of the tests: none is offered what another was.</summary>
    public static int InARow(int count)
    {
        for (var looks = 0; looks < (End - First) / count; looks++)
        {
            var first = Interlocked.Add(ref _next, count) - count;
            if (first + count > End) Interlocked.Exchange(ref _next, First);
            else if (Enumerable.Range(first, count).All(IsFree)) return first;
        }
        throw new InvalidOperationException($"No {count} free ports in a row between {First} and {End}.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
