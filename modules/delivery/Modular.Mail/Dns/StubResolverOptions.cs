using System.Globalization;
using System.Net;

namespace Modular.Mail.Dns;

/// <summary>Whom to ask and how patiently.</summary>
public sealed record StubResolverOptions
{
    private const int MostServers = 8;

    /// <summary>Recursive servers, the preferred one first.</summary>
    public required IReadOnlyList<IPEndPoint> Servers { get; init; }

    /// <summary>Wait for one server to answer once.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often each server is asked before the query fails.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>A server that did not answer is asked last for this long.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For how long it is remembered that no server had an answer; 1 s to 5 minutes (RFC 9520 §3.2).</summary>
    public TimeSpan FailureAge { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Questions under way at once; more wait.</summary>
    public int MaxConcurrent { get; init; } = 256;

    public int MaxCacheEntries { get; init; } = 50_000;

    /// <summary>No answer is kept longer, whatever it says of itself.</summary>
    public TimeSpan MaxCacheAge { get; init; } = TimeSpan.FromHours(6);

    /// <summary>
    /// Believe any of the servers that an answer was validated. Without it only one on this machine is believed: on the way from another
    /// the bit could have been set by anybody (RFC 4035 §4.9.3).
    /// </summary>
    public bool TrustAuthenticated { get; init; }

    /// <summary>The servers of a resolv.conf(5) text; the local machine when it names none.</summary>
    public static IReadOnlyList<IPEndPoint> ReadServers(string resolvConf) => FromResolvConf(resolvConf).Servers;

    /// <summary>Servers, <c>timeout:</c>, <c>attempts:</c> and <c>trust-ad</c> of a resolv.conf(5) text; what it does not say stays as it is here.</summary>
    public static StubResolverOptions FromResolvConf(string text)
    {
        var options = new StubResolverOptions { Servers = [] };
        var servers = new List<IPEndPoint>();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var address, ..] && servers.Count < MostServers && IPAddress.TryParse(address, out var server))
                servers.Add(new IPEndPoint(server, 53));
            if (words is not ["options", .. var wishes])
                continue;
            foreach (var wish in wishes)
                options = With(options, wish);
        }

        return options with { Servers = servers.Count > 0 ? servers : [new IPEndPoint(IPAddress.Loopback, 53)] };
    }

    private static StubResolverOptions With(StubResolverOptions options, string wish)
    {
        var colon = wish.IndexOf(':', StringComparison.Ordinal);
        var (name, number) = colon < 0 ? (wish, 0) : (wish[..colon], int.TryParse(wish.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0);
        return name switch
        {
            "timeout" when number > 0 => options with { Timeout = TimeSpan.FromSeconds(Math.Min(number, 30)) },
            "attempts" when number > 0 => options with { Attempts = Math.Min(number, 5) },
            "trust-ad" => options with { TrustAuthenticated = true },
            _ => options,
        };
    }
}
