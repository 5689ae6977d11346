using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Modular.Mail.Smtp.Server;

/// <summary>Counts sessions, in all and per client: an IPv4 address or an IPv6 /64, which is what one customer gets.</summary>
internal sealed class Admission(SmtpServerOptions options, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private const int SweepAt = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Client> _clients = [];
    private int _open;

    public int Open => Volatile.Read(ref _open);

    /// <summary>More than four fifths of the sessions are taken.</summary>
    public bool IsBusy => Open > options.MaxSessions * 4L / 5;

    /// <summary>Null admits, and <see cref="Leave"/> must follow; else the reply to refuse with.</summary>
    public SmtpReply? TryEnter(IPAddress address)
    {
        lock (_lock)
        {
            if (_open >= options.MaxSessions)
                return Replies.TooBusy;
            if (!options.IsTrusted(address))
            {
                if (_clients.Count >= SweepAt)
                    Sweep();
                var key = KeyOf(address);
                var client = _clients.TryGetValue(key, out var known) && time.GetElapsedTime(known.WindowStart) < Window
                    ? known
                    : new Client(known.Open, 0, 0, time.GetTimestamp());
                if (client.Open >= options.MaxSessionsPerClient || client.Connects >= options.MaxConnectsPerMinute || client.Errors >= options.MaxErrorsPerMinute)
                    return Replies.TooManyFromYou;
                _clients[key] = client with { Open = client.Open + 1, Connects = client.Connects + 1 };
            }

            _open++;
            return null;
        }
    }

    public void Leave(IPAddress address)
    {
        lock (_lock)
        {
            _open--;
            var key = KeyOf(address);
            if (_clients.TryGetValue(key, out var client) && client.Open > 0)
                _clients[key] = client with { Open = client.Open - 1 };
        }
    }

    /// <summary>Remembers a refused command against the client, over all its sessions.</summary>
    public void Blame(IPAddress address)
    {
        lock (_lock)
        {
            var key = KeyOf(address);
            if (_clients.TryGetValue(key, out var client))
                _clients[key] = client with { Errors = client.Errors + 1 };
        }
    }

    private void Sweep()
    {
        foreach (var (key, client) in _clients)
        {
            if (client.Open is 0 && time.GetElapsedTime(client.WindowStart) >= Window)
                _clients.Remove(key);
        }

        if (_clients.Count >= SweepAt)
        {
            foreach (var (key, client) in _clients)
            {
                if (client.Open is 0)
                    _clients.Remove(key);   // a flood of addresses: their rates are forgotten before memory is not bounded
            }
        }
    }

    private static UInt128 KeyOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (address.AddressFamily is AddressFamily.InterNetworkV6)
            bytes[8..].Clear();
        return BinaryPrimitives.ReadUInt128BigEndian(bytes) | ((UInt128)(uint)length << 32);
    }

    private readonly record struct Client(int Open, int Connects, int Errors, long WindowStart);
}
