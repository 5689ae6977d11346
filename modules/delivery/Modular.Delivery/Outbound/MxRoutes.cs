using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modular.Mail.Dns;
using Modular.Mail.TransportSecurity;

namespace Modular.Delivery.Outbound;

/// <summary>
/// Mail to the recipients' own servers. Domains with the same servers, asking for the same security, share one destination, and so its limits.
/// </summary>
internal sealed class MxRoutes(
    IDnsResolver dns, DomainPolicies policies, OutboundTrust trust, IOptions<DeliverySettings> settings, TimeProvider time, ILogger<MxRoute> log) : IRoutes
{
    private const int MaxDomains = 50_000;

    /// <summary>Who waits for answers about one domain keeps others waiting: longer than this they go on without it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    private readonly MailExchangers _exchangers = new(dns, Random.Shared, new HashSet<string>(StringComparer.OrdinalIgnoreCase) { settings.Value.HostName });
    private readonly TlsaLookup _tlsa = new(dns);
    private readonly BrokenTls _broken = new(time);
    private readonly ConcurrentDictionary<string, (RouteAnswer Answer, long Since)> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Task<RouteAnswer>> _asking = new(StringComparer.OrdinalIgnoreCase);

    public async ValueTask<RouteAnswer> FindAsync(string domain, CancellationToken ct)
    {
        if (_known.TryGetValue(domain, out var known) && time.GetElapsedTime(known.Since) < Freshness) return known.Answer;
        var asking = _asking.GetOrAdd(domain, AskAsync);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(asking, Task.Delay(Patience, time, enough.Token));
        await enough.CancelAsync();
        ct.ThrowIfCancellationRequested();
        return asking.IsCompleted ? await asking : new RouteAnswer.NotYet();
    }

    private async Task<RouteAnswer> AskAsync(string domain)
    {
        await Task.Yield();
        try
        {
            var answer = await _exchangers.FindAsync(domain, CancellationToken.None) switch
            {
                MailRoute.To to => await DecideAsync(domain, to.Hosts),
                MailRoute.NullMx => new RouteAnswer.Never("5.1.10", $"{domain} takes no mail (null MX)", IsHard: true),
                MailRoute.Ourselves => new RouteAnswer.Never("5.4.6", $"the mail servers of {domain} lead back to this machine", IsHard: false),
                _ => new RouteAnswer.Never("5.1.2", $"{domain} does not exist", IsHard: true),
            };
            if (_known.Count > MaxDomains) _known.Clear();
            if (answer is not RouteAnswer.NotNow) _known[domain] = (answer, time.GetTimestamp());
            return answer;
        }
        catch (DnsException fault)
        {
            return new RouteAnswer.NotNow(fault.Message);
        }
        finally
        {
            _asking.TryRemove(domain, out _);
        }
    }

    /// <summary>Which of the servers mail may go to, and how (RFC 7672 §2.2, RFC 8461 §4).</summary>
    private async Task<RouteAnswer> DecideAsync(string domain, IReadOnlyList<MailHost> hosts)
    {
        var tls = settings.Value.Tls;
        var wanted = tls.PolicyOf(domain);
        var isName = !domain.StartsWith('[');
        var policy = tls.MtaSts && isName ? await policies.FindAsync(domain, CancellationToken.None) : null;
        var decided = new List<DecidedHost>(hosts.Count);
        string? reason = null;
        foreach (var host in hosts)
        {
            var tlsa = tls.Dane && isName ? await _tlsa.FindAsync(domain, host.Name, settings.Value.Mx.Port, CancellationToken.None) : new TlsaFinding.None();
            switch (HostDecision.Decide(host.Name, wanted, tlsa, policy))
            {
                case HostVerdict.Use use:
                    decided.Add(new DecidedHost(host, use, domain));
                    break;
                case HostVerdict.Pass pass:
                    reason ??= pass.Reason;
                    break;
            }
        }
        return decided.Count > 0
            ? new RouteAnswer.Found(new MxRoute(decided, _exchangers, _broken, trust, settings.Value, () => _known.TryRemove(domain, out _), time, log))
            : new RouteAnswer.NotNow(reason!);
    }
}

/// <summary>Servers whose TLS failed a short while ago: they get their mail in clear, without another try before each session.</summary>
internal sealed class BrokenTls(TimeProvider time)
{
    private const int MaxHosts = 10_000;
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, long> _since = new(StringComparer.OrdinalIgnoreCase);

    public bool Has(string host) => _since.TryGetValue(host, out var since) && time.GetElapsedTime(since) < Age;

    public void Add(string host)
    {
        if (_since.Count >= MaxHosts) _since.Clear();
        _since[host] = time.GetTimestamp();
    }
}
