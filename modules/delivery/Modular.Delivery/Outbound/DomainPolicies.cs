using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Modular.Mail.Dns;
using Modular.Mail.TransportSecurity;

namespace Modular.Delivery.Outbound;

/// <summary>The MTA-STS policy that holds for a domain now (RFC 8461 §3, §5).</summary>
internal sealed partial class DomainPolicies(IDnsResolver dns, PolicyFetcher fetcher, PolicyShelf shelf, TimeProvider time, ILogger<DomainPolicies> log) : IDisposable
{
    private const int MaxFetches = 32, MaxFailures = 50_000;

    private readonly SemaphoreSlim _fetches = new(MaxFetches);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _failed = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Task> _fetching = new(StringComparer.OrdinalIgnoreCase);

    /// <returns>Null when the domain has none, or none that can be had.</returns>
    public async Task<MtaStsPolicy?> FindAsync(string domain, CancellationToken ct)
    {
        var id = await FindIdAsync(domain, ct);
        switch (PolicyRefresh.Decide(id, shelf.Find(domain), _failed.TryGetValue(domain, out var failedAt) ? failedAt : null, time.GetUtcNow()))
        {
            case PolicyStep.FetchFirst:
                await RefreshAsync(domain, id!);
                break;
            case PolicyStep.UseAndRefresh:
                _ = RefreshAsync(domain, id!);
                break;
        }
        return shelf.Find(domain) is { } kept && kept.IsValid(time.GetUtcNow()) ? kept.Policy : null;
    }

    public void Dispose() => _fetches.Dispose();

    private async Task<string?> FindIdAsync(string domain, CancellationToken ct)
    {
        try
        {
            return MtaStsRecord.FindId((await dns.QueryAsync("_mta-sts." + domain, DnsType.Txt, ct)).Records.OfType<DnsRecord.Text>().Select(text => text.Value));
        }
        catch (DnsException)
        {
            return null;
        }
    }

    private Task RefreshAsync(string domain, string id) => _fetching.GetOrAdd(domain, _ => FetchAsync(domain, id));

    private async Task FetchAsync(string domain, string id)
    {
        await Task.Yield();
        await _fetches.WaitAsync();
        try
        {
            var policy = await fetcher.FetchAsync(domain, CancellationToken.None);
            shelf.Keep(domain, new KeptPolicy(id, policy, time.GetUtcNow()));
            _failed.TryRemove(domain, out _);
        }
        catch (PolicyException fault)
        {
            if (_failed.Count > MaxFailures) _failed.Clear();
            _failed[domain] = time.GetUtcNow();
            LogNoPolicy(domain, fault.Message);
        }
        finally
        {
            _fetches.Release();
            _fetching.TryRemove(domain, out _);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Domain} says that it has an MTA-STS policy, and {Fault}")]
    private partial void LogNoPolicy(string domain, string fault);
}
