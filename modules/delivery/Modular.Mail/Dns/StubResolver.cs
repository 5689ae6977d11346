using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Modular.Mail.Dns;

/// <summary>
/// Asks recursive servers by UDP with EDNS0, and by TCP where the answer does not fit (RFC 7766 §5). Every query has a random id and a
/// socket, hence a port, of its own: an answer from elsewhere must guess both (RFC 5452 §9.2). Safe for use from many threads.
/// </summary>
public sealed class StubResolver(StubResolverOptions options, TimeProvider time) : IDnsResolver, IDisposable
{
    private const int NoError = 0, FormatError = 1, NoSuchName = 3, NotImplemented = 4;
    private const int MaxAliases = 8;

    private readonly DnsCache _cache = new(options.MaxCacheEntries, options.MaxCacheAge, time);
    private readonly SemaphoreSlim _room = new(options.MaxConcurrent);
    private readonly long[] _failedAt = new long[options.Servers.Count];    // timestamps; 0 while well

    /// <inheritdoc/>
    public async ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken ct)
    {
        var canonical = DnsMessage.Canonical(name);
        if (_cache.Find(canonical, type) is { } known)
            return known;

        await _room.WaitAsync(ct);
        try
        {
            var answer = await FollowAsync(canonical, type, ct);
            _cache.Add(canonical, type, answer);
            return answer;
        }
        catch (DnsException fault)
        {
            _cache.AddFault(canonical, type, fault.Message, options.FailureAge);
            throw;
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();

    /// <summary>Asks on for the target of an alias that a server has not followed itself.</summary>
    private async ValueTask<DnsAnswer> FollowAsync(string name, DnsType type, CancellationToken ct)
    {
        var (at, age, isAuthenticated) = (name, TimeSpan.MaxValue, true);
        for (var hops = 0; hops < MaxAliases; hops++)
        {
            var (answer, aliasTtl) = await AskAnyAsync(at, type, ct);
            isAuthenticated &= answer.IsAuthenticated;
            if (aliasTtl is not { } ttl)
            {
                return answer with
                {
                    Ttl = answer.Ttl < age ? answer.Ttl : age,
                    IsAuthenticated = isAuthenticated,
                    AliasOf = answer.AliasOf ?? (at == name ? null : at),
                };
            }

            at = answer.AliasOf!;    // an alias was the end of it
            age = ttl < age ? ttl : age;
        }

        throw new DnsException($"{name} {type}: more than {MaxAliases} aliases, or a ring of them.");
    }

    private async ValueTask<DnsReading> AskAnyAsync(string name, DnsType type, CancellationToken ct)
    {
        Exception? last = null;
        for (var attempt = 0; attempt < options.Attempts; attempt++)
        {
            foreach (var server in InOrder())
            {
                try
                {
                    var reading = await AskAsync(options.Servers[server], name, type, ct);
                    Volatile.Write(ref _failedAt[server], 0);
                    return reading;
                }
                catch (Exception fault) when (!ct.IsCancellationRequested
                    && fault is SocketException or IOException or InvalidDataException or OperationCanceledException)
                {
                    last = fault;
                    Volatile.Write(ref _failedAt[server], Math.Max(1, time.GetTimestamp()));
                }
            }
        }

        throw new DnsException($"No name server answered for {name} {type}.", last);
    }

    private IEnumerable<int> InOrder() => Enumerable.Range(0, options.Servers.Count)
        .OrderBy(i => Volatile.Read(ref _failedAt[i]) is var at and not 0 && time.GetElapsedTime(at) < options.Cooldown);

    private async ValueTask<DnsReading> AskAsync(IPEndPoint server, string name, DnsType type, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, time);
        using var ending = ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        var response = await AskAsync(server, DnsMessage.WriteQuery(NewId(), name, type), deadline.Token);
        if (DnsMessage.ResponseCode(response) is FormatError or NotImplemented)
            response = await AskAsync(server, DnsMessage.WriteQuery(NewId(), name, type, withEdns: false), deadline.Token);    // RFC 6891 §7
        if (DnsMessage.ResponseCode(response) is var code and not (NoError or NoSuchName))
            throw new InvalidDataException($"{server} answered with code {code}.");
        var reading = DnsMessage.Read(response, name, type);
        var isAuthenticated = DnsMessage.IsAuthenticated(response) && (options.TrustAuthenticated || IPAddress.IsLoopback(server.Address));
        return reading with { Answer = reading.Answer with { IsAuthenticated = isAuthenticated } };
    }

    private static ushort NewId() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);

    private static async ValueTask<byte[]> AskAsync(IPEndPoint server, byte[] query, CancellationToken ct)
    {
        var response = await AskByUdpAsync(server, query, ct);
        return DnsMessage.IsTruncated(response) ? await AskByTcpAsync(server, query, ct) : response;
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
