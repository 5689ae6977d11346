using System.Net;
using System.Net.Sockets;
using Modular.Mail.Dns;

namespace Modular.Mail.Authentication;

/// <param name="Client">The address the connection came from.</param>
/// <param name="Helo">What it greeted with.</param>
/// <param name="Sender">The envelope sender without angle brackets; empty for the null sender of a DSN.</param>
public sealed record SpfQuery(IPAddress Client, string Helo, string Sender)
{
    /// <summary>Our own host name, for explanations.</summary>
    public string Receiver { get; init; } = "unknown";

    /// <summary>For explanations.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.UnixEpoch;
}

/// <summary>Says whether a client may send for a domain (RFC 7208 §4). Safe for use from many threads.</summary>
public sealed class SpfChecker(IDnsResolver dns)
{
    /// <summary>Terms that ask, of the record and all it includes (RFC 7208 §4.6.4).</summary>
    public const int MostLookups = 10;

    /// <summary>Names that turn out not to be there (RFC 7208 §4.6.4).</summary>
    public const int MostVoidLookups = 2;

    /// <summary>Never throws for what it reads or cannot ask; that is the verdict's.</summary>
    public async ValueTask<SpfResult> CheckAsync(SpfQuery query, CancellationToken ct)
    {
        // Without a sender the greeting stands in for it (RFC 7208 §2.4).
        var at = query.Sender.LastIndexOf('@');
        var domain = query.Sender.Length is 0 ? query.Helo : query.Sender[(at + 1)..];
        var local = at > 0 ? query.Sender[..at] : "postmaster";
        if (DnsName.TryCanonical(domain) is not { } canonical || !canonical.Contains('.', StringComparison.Ordinal) || domain.StartsWith('['))
            return new SpfResult(SpfVerdict.None, domain, "there is no domain to ask about");
        var evaluation = new SpfEvaluation(dns, query with { Client = query.Client.IsIPv4MappedToIPv6 ? query.Client.MapToIPv4() : query.Client }, $"{local}@{canonical}");
        try
        {
            return await evaluation.CheckHostAsync(canonical, true, ct) with { Domain = canonical };
        }
        catch (SpfException fault)
        {
            return new SpfResult(fault.Verdict, canonical, fault.Message);
        }
        catch (DnsException fault)
        {
            return new SpfResult(SpfVerdict.TempError, canonical, fault.Message);
        }
    }
}

/// <summary>Ends an evaluation with a verdict, from whatever depth.</summary>
internal sealed class SpfException(SpfVerdict verdict, string message) : Exception(message)
{
    public SpfVerdict Verdict => verdict;
}

/// <summary>One check with what it has used up so far.</summary>
internal sealed class SpfEvaluation(IDnsResolver dns, SpfQuery query, string sender)
{
    private const int MostMxHosts = 10, MostPtrHosts = 10;

    private readonly DnsType _addressType = query.Client.AddressFamily is AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa;
    private int _lookups;
    private int _voids;
    private IReadOnlyList<string>? _validatedNames;

    /// <summary>check_host() of RFC 7208 §4.</summary>
    /// <param name="explains">Only the record asked for first, and those it redirects to, explain a fail.</param>
    public async ValueTask<SpfResult> CheckHostAsync(string domain, bool explains, CancellationToken ct)
    {
        var answer = await dns.QueryAsync(domain, DnsType.Txt, ct);
        var texts = answer.Records.OfType<DnsRecord.Text>().Select(text => text.Value).Where(SpfRecord.IsOne).ToList();
        if (texts.Count is 0)
            return new SpfResult(SpfVerdict.None, domain, $"{domain} publishes no SPF record");
        if (texts.Count > 1)
            throw new SpfException(SpfVerdict.PermError, $"{domain} publishes {texts.Count} SPF records");
        var record = SpfRecord.Parse(texts[0]);
        if (record.Fault is { } fault)
            throw new SpfException(SpfVerdict.PermError, $"the SPF record of {domain}: {fault}");

        foreach (var mechanism in record.Mechanisms)
        {
            if (mechanism.IsLookup)
                CountLookup(domain);
            if (!await MatchesAsync(mechanism, domain, ct))
                continue;
            var explanation = explains && mechanism.Verdict is SpfVerdict.Fail && record.Explanation is { } spec ? await ExplainAsync(spec, domain, ct) : null;
            return new SpfResult(mechanism.Verdict, domain, $"{mechanism.Name} of {domain}", explanation);
        }

        if (record.Redirect is null)
            return new SpfResult(SpfVerdict.Neutral, domain, $"nothing of {domain} matches");
        CountLookup(domain);
        var target = await NameAsync(record.Redirect, domain, ct);
        var redirected = DnsName.IsValid(target) ? await CheckHostAsync(target, explains, ct) : null;
        return redirected is null or { Verdict: SpfVerdict.None }
            ? throw new SpfException(SpfVerdict.PermError, $"{domain} redirects to {target}, which publishes no SPF record")
            : redirected;
    }

    private async ValueTask<bool> MatchesAsync(SpfMechanism mechanism, string domain, CancellationToken ct)
    {
        if (mechanism.Kind is SpfMechanismKind.All)
            return true;
        if (mechanism.Network is { } network)
            return IsWithin(network, mechanism);
        var target = mechanism.Domain is { } spec ? await NameAsync(spec, domain, ct) : domain;
        if (!DnsName.IsValid(target))
            return mechanism.Kind is SpfMechanismKind.Include ? throw new SpfException(SpfVerdict.PermError, $"{domain} includes '{target}', which is no name") : false;
        switch (mechanism.Kind)
        {
            case SpfMechanismKind.Include:
                return (await CheckHostAsync(target, false, ct)).Verdict switch
                {
                    SpfVerdict.Pass => true,
                    SpfVerdict.None => throw new SpfException(SpfVerdict.PermError, $"{domain} includes {target}, which publishes no SPF record"),
                    _ => false,
                };
            case SpfMechanismKind.A:
                return await HasAddressAsync(target, mechanism, ct);
            case SpfMechanismKind.Mx:
                var hosts = (await AskAsync(target, DnsType.Mx, ct)).OfType<DnsRecord.Exchanger>().Where(host => host.Host.Length > 0).ToList();
                if (hosts.Count > MostMxHosts)
                    throw new SpfException(SpfVerdict.PermError, $"{target} has more than {MostMxHosts} mail exchangers");
                foreach (var host in hosts)
                {
                    if (DnsName.IsValid(host.Host) && await HasAddressAsync(host.Host, mechanism, ct))
                        return true;
                }

                return false;
            case SpfMechanismKind.Exists:
                return (await AskAsync(target, DnsType.A, ct)).Count > 0;
            default:
                return (await ValidatedNamesAsync(ct)).Any(name => IsSameOrBelow(name, target));
        }
    }

    private async ValueTask<bool> HasAddressAsync(string host, SpfMechanism mechanism, CancellationToken ct) =>
        (await AskAsync(host, _addressType, ct)).OfType<DnsRecord.Address>().Any(address => IsWithin(address.Value, mechanism));

    private bool IsWithin(IPAddress network, SpfMechanism mechanism)
    {
        if (network.AddressFamily != query.Client.AddressFamily)
            return false;
        Span<byte> one = stackalloc byte[16], other = stackalloc byte[16];
        network.TryWriteBytes(one, out _);
        query.Client.TryWriteBytes(other, out _);
        var bits = network.AddressFamily is AddressFamily.InterNetwork ? mechanism.Prefix4 : mechanism.Prefix6;
        return one[..(bits / 8)].SequenceEqual(other[..(bits / 8)]) && (bits % 8 is 0 || (one[bits / 8] ^ other[bits / 8]) >> (8 - bits % 8) is 0);
    }

    private async ValueTask<IReadOnlyList<DnsRecord>> AskAsync(string name, DnsType type, CancellationToken ct)
    {
        var answer = await dns.QueryAsync(name, type, ct);
        if (answer.Records.Count is 0 && ++_voids > SpfChecker.MostVoidLookups)
            throw new SpfException(SpfVerdict.PermError, $"more than {SpfChecker.MostVoidLookups} names are not there, {name} the last of them");
        return answer.Records;
    }

    private void CountLookup(string domain)
    {
        if (++_lookups > SpfChecker.MostLookups)
            throw new SpfException(SpfVerdict.PermError, $"more than {SpfChecker.MostLookups} terms ask the DNS, the last of them in {domain}");
    }

    private async ValueTask<string> NameAsync(string spec, string domain, CancellationToken ct) =>
        SpfMacro.ExpandName(spec, Values(domain), SpfMacro.NeedsValidatedName(spec) ? await ValidatedNameAsync(domain, ct) : "unknown");

    private SpfMacroValues Values(string domain) => new(sender, domain, query.Client, query.Helo, query.Receiver, query.Now);

    /// <summary>Trouble here means that there is no explanation; the verdict stands (RFC 7208 §6.2).</summary>
    private async ValueTask<string?> ExplainAsync(string spec, string domain, CancellationToken ct)
    {
        try
        {
            var name = await NameAsync(spec, domain, ct);
            if (!DnsName.IsValid(name) || (await dns.QueryAsync(name, DnsType.Txt, ct)).Records is not [DnsRecord.Text { Value: var text }] || !SpfMacro.IsMacroString(text, isExplanation: true))
                return null;
            return SpfMacro.Expand(text, Values(domain), SpfMacro.NeedsValidatedName(text) ? await ValidatedNameAsync(domain, ct) : "unknown");
        }
        catch (DnsException)
        {
            return null;
        }
    }

    /// <summary>The <c>p</c> macro: the domain itself if it is among the client's names, else one below it, else any (RFC 7208 §7.3).</summary>
    private async ValueTask<string> ValidatedNameAsync(string domain, CancellationToken ct)
    {
        var names = await ValidatedNamesAsync(ct);
        return names.FirstOrDefault(name => name == domain) ?? names.FirstOrDefault(name => IsSameOrBelow(name, domain)) ?? (names.Count > 0 ? names[0] : "unknown");
    }

    /// <summary>The client's names by its address that lead back to it; those beyond ten are not looked at (RFC 7208 §5.5).</summary>
    private async ValueTask<IReadOnlyList<string>> ValidatedNamesAsync(CancellationToken ct)
    {
        if (_validatedNames is not null)
            return _validatedNames;
        var names = new List<string>();
        try
        {
            foreach (var host in (await dns.QueryAsync(DnsName.OfAddress(query.Client), DnsType.Reverse, ct)).Records.OfType<DnsRecord.HostName>().Take(MostPtrHosts))
            {
                if (DnsName.TryCanonical(host.Name) is { } name && await LeadsBackAsync(name, ct))
                    names.Add(name);
            }
        }
        catch (DnsException)
        {
            // Then it has no names.
        }

        return _validatedNames = names;
    }

    private async ValueTask<bool> LeadsBackAsync(string name, CancellationToken ct)
    {
        try
        {
            return (await dns.QueryAsync(name, _addressType, ct)).Records.OfType<DnsRecord.Address>().Any(address => address.Value.Equals(query.Client));
        }
        catch (DnsException)
        {
            return false;
        }
    }

    private static bool IsSameOrBelow(string name, string domain)
    {
        var canonical = DnsName.TryCanonical(domain) ?? domain;
        return name == canonical || name.EndsWith('.' + canonical, StringComparison.Ordinal);
    }
}
