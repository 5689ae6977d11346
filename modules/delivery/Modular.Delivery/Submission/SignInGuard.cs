using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Modular.Delivery.Submission;

/// <summary>
/// Slows down who guesses passwords: for one user from one network (an IPv4 address, an IPv6 /64) each failure behind the third doubles the wait, and one
/// network has a budget of failures for all users. The user himself, from elsewhere, notices nothing. Forgets in a restart; bounded.
/// </summary>
internal sealed class SignInGuard(TimeProvider time)
{
    private const int FreeFailures = 3, MaxNetworkFailures = 60, MaxKept = 50_000, MaxDoublings = 10;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5), NetworkWindow = TimeSpan.FromMinutes(10), ForgetAge = TimeSpan.FromHours(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string User, UInt128 Network), Failures> _users = [];
    private readonly Dictionary<UInt128, Failures> _networks = [];

    /// <summary>False: not now, whatever the password.</summary>
    public bool MayTry(string userName, IPAddress client)
    {
        lock (_lock)
        {
            if (_networks.TryGetValue(NetworkOf(client), out var network) && time.GetElapsedTime(network.Since) < NetworkWindow && network.Count >= MaxNetworkFailures) return false;
            return !_users.TryGetValue(KeyOf(userName, client), out var user) || time.GetElapsedTime(user.Since) >= WaitAfter(user.Count);
        }
    }

    public void Failed(string userName, IPAddress client)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            Bound(_users);
            Bound(_networks);
            var user = _users.GetValueOrDefault(KeyOf(userName, client));
            _users[KeyOf(userName, client)] = new Failures(user.Count + 1, now);
            var key = NetworkOf(client);
            _networks[key] = _networks.TryGetValue(key, out var network) && time.GetElapsedTime(network.Since) < NetworkWindow
                ? network with { Count = network.Count + 1 }
                : new Failures(1, now);
        }
    }

    public void Succeeded(string userName, IPAddress client)
    {
        lock (_lock) _users.Remove(KeyOf(userName, client));
    }

    private static TimeSpan WaitAfter(int failures) =>
        failures < FreeFailures ? TimeSpan.Zero : FirstWait * (1 << Math.Min(failures - FreeFailures, MaxDoublings));

    private void Bound<TKey>(Dictionary<TKey, Failures> kept) where TKey : notnull
    {
        if (kept.Count < MaxKept) return;
        foreach (var (key, failures) in kept)
        {
            if (time.GetElapsedTime(failures.Since) > ForgetAge) kept.Remove(key);
        }
        if (kept.Count >= MaxKept) kept.Clear(); // a flood from everywhere: memory is bounded first
    }

    private static (string, UInt128) KeyOf(string userName, IPAddress client) => (userName.ToLowerInvariant(), NetworkOf(client));

    private static UInt128 NetworkOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        if (address.AddressFamily is AddressFamily.InterNetworkV6) bytes[8..].Clear();
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private readonly record struct Failures(int Count, long Since);
}
