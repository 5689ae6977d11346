using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Modular.Mail.Dns;

namespace Modular.Mail.Tests.Dns;

/// <summary>A name server on loopback, UDP and TCP on one port, that answers with what the test builds.</summary>
internal sealed class DnsOnTheWire : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly TcpListener _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<byte[], bool, IEnumerable<byte[]>> _answer;
    private readonly Task _running;

    /// <param name="answer">Gets the query and whether it came by TCP; gives the messages to send back.</param>
    public DnsOnTheWire(Func<byte[], bool, IEnumerable<byte[]>> answer)
    {
        _answer = answer;
        (_udp, _tcp) = ListenOnOnePort();
        _running = Task.WhenAll(RunUdpAsync(), RunTcpAsync());
    }

    public IPEndPoint EndPoint => (IPEndPoint)_udp.LocalEndPoint!;

    public int Queries { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _tcp.Stop();
        _udp.Dispose();
        _stop.Dispose();
    }

    /// <summary>The system gives the port for UDP; whoever has it for TCP makes it give another.</summary>
    private static (Socket Udp, TcpListener Tcp) ListenOnOnePort()
    {
        for (var left = 20; ; left--)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var tcp = new TcpListener((IPEndPoint)udp.LocalEndPoint!);
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse && left > 0)
            {
                udp.Dispose();
            }
        }
    }

    /// <summary>A response to the query with the given records; the owner of each is compressed to the question.</summary>
    public static byte[] Respond(byte[] query, int code, params (DnsType Type, uint Ttl, byte[] Data)[] answers) => Respond(query, code, false, answers, []);

    public static byte[] Respond(
        byte[] query, int code, bool truncated, (DnsType Type, uint Ttl, byte[] Data)[] answers, (DnsType Type, uint Ttl, byte[] Data)[] authorities)
    {
        var question = query[12..^11];
        var response = new List<byte>([query[0], query[1], (byte)(0x81 | (truncated ? 2 : 0)), (byte)(0x80 | code), 0, 1, 0, (byte)answers.Length, 0, (byte)authorities.Length, 0, 0, .. question]);
        foreach (var (type, ttl, data) in answers.Concat(authorities))
        {
            var head = new byte[12];
            BinaryPrimitives.WriteUInt16BigEndian(head, 0xC00C);
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)type);
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(4), 1);
            BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(6), ttl);
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(10), (ushort)data.Length);
            response.AddRange([.. head, .. data]);
        }

        return [.. response];
    }

    public static byte[] Name(string name) => [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(label => new[] { (byte)label.Length }.Concat(Encoding.ASCII.GetBytes(label))), 0];

    private async Task RunUdpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var got = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                Queries++;
                foreach (var response in _answer(buffer[..got.ReceivedBytes], false))
                    await _udp.SendToAsync(response, SocketFlags.None, got.RemoteEndPoint, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task RunTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, _stop.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, _stop.Token);
                foreach (var response in _answer(query, true))
                    await stream.WriteAsync((byte[])[(byte)(response.Length >> 8), (byte)response.Length, .. response], _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
