using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Modular.Mail.Dns;

public sealed record StubResolverOptions
{
    /// <summary>Recursive servers, the preferred one first.</summary>
    public required IReadOnlyList<IPEndPoint> Servers { get; init; }

    /// <summary>Wait for one server to answer once.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often each server is asked before the query fails.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>A server that did not answer is asked last for this long.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromSeconds(30);

    public int MaxCacheEntries { get; init; } = 50_000;

    /// <summary>No answer is kept longer, whatever it says of itself.</summary>
    public TimeSpan MaxCacheAge { get; init; } = TimeSpan.FromHours(6);

    /// <summary>The servers of a resolv.conf(5) text; the local machine when it names none.</summary>
    public static IReadOnlyList<IPEndPoint> ReadServers(string resolvConf)
    {
        var servers = new List<IPEndPoint>();
        foreach (var line in resolvConf.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var address, ..] && IPAddress.TryParse(address, out var server))
                servers.Add(new IPEndPoint(server, 53));
        }

        return servers.Count > 0 ? servers : [new IPEndPoint(IPAddress.Loopback, 53)];
    }
}

/// <summary>
/// Asks recursive servers by UDP with EDNS0, and by TCP where the answer does not fit (RFC 7766). Every query has a random id and a
/// socket, hence a port, of its own: an answer from elsewhere must guess both (RFC 5452 §9.2). Safe for use from many threads.
/// </summary>
public sealed class StubResolver(StubResolverOptions options, TimeProvider time) : IDnsResolver
{
    private const int NoError = 0, NoSuchName = 3;

    private readonly DnsCache _cache = new(options.MaxCacheEntries, options.MaxCacheAge, time);
    private readonly long[] _failedAt = new long[options.Servers.Count];    // timestamps; 0 while well

    public async ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken ct)
    {
        var canonical = DnsMessage.Canonical(name);
        if (_cache.Find(canonical, type) is { } known)
            return known;

        Exception? last = null;
        for (var attempt = 0; attempt < options.Attempts; attempt++)
        {
            foreach (var server in InOrder())
            {
                try
                {
                    var answer = await AskAsync(options.Servers[server], canonical, type, ct);
                    Volatile.Write(ref _failedAt[server], 0);
                    _cache.Add(canonical, type, answer);
                    return answer;
                }
                catch (Exception fault) when (!ct.IsCancellationRequested
                    && fault is SocketException or IOException or InvalidDataException or OperationCanceledException)
                {
                    last = fault;
                    Volatile.Write(ref _failedAt[server], Math.Max(1, time.GetTimestamp()));
                }
            }
        }

        throw new DnsException($"No name server answered for {canonical} {type}.", last);
    }

    private IEnumerable<int> InOrder() => Enumerable.Range(0, options.Servers.Count)
        .OrderBy(i => Volatile.Read(ref _failedAt[i]) is var at and not 0 && time.GetElapsedTime(at) < options.Cooldown);

    private async ValueTask<DnsAnswer> AskAsync(IPEndPoint server, string name, DnsType type, CancellationToken ct)
    {
        var query = DnsMessage.WriteQuery((ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1), name, type);
        using var deadline = new CancellationTokenSource(options.Timeout, time);
        using var ending = ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        var response = await AskByUdpAsync(server, query, deadline.Token);
        if (DnsMessage.IsTruncated(response))
            response = await AskByTcpAsync(server, query, deadline.Token);
        return DnsMessage.ResponseCode(response) is var code and not (NoError or NoSuchName)
            ? throw new InvalidDataException($"{server} answered with code {code}.")
            : DnsMessage.Read(response, name, type);
    }

    private static async Task<byte[]> AskByUdpAsync(IPEndPoint server, byte[] query, CancellationToken ct)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, ct);
        await socket.SendAsync(query, ct);
        var buffer = new byte[DnsMessage.UdpBytes];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, ct);
            if (DnsMessage.Answers(buffer.AsSpan(0, length), query))
                return buffer[..length];
        }
    }

    private static async Task<byte[]> AskByTcpAsync(IPEndPoint server, byte[] query, CancellationToken ct)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, ct);
        using var stream = new NetworkStream(socket);
        var framed = new byte[2 + query.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        await stream.WriteAsync(framed, ct);
        await stream.ReadExactlyAsync(framed.AsMemory(0, 2), ct);
        var response = new byte[BinaryPrimitives.ReadUInt16BigEndian(framed)];
        await stream.ReadExactlyAsync(response, ct);
        return DnsMessage.Answers(response, query) ? response : throw new InvalidDataException($"{server} answered another question.");
    }
}
