using System.Net;
using System.Net.Sockets;
using Modular.Mail.Dns;

namespace Modular.Testing;

/// <summary>A domain name system of a few lines. Names that were never mentioned do not exist; aliases are followed.</summary>
public sealed class FakeDns : IDnsResolver
{
    private const int MaxAliases = 8;

    private readonly Dictionary<string, List<(DnsType Type, DnsRecord? Record)>> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _validated = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was asked, in order.</summary>
    public List<(string Name, DnsType Type)> Questions { get; } = [];

    /// <summary>How long every answer holds.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromMinutes(5);

    /// <param name="host">Empty for a null MX.</param>
    public FakeDns Mx(string name, int preference, string host) => Add(name, DnsType.Mx, new DnsRecord.Exchanger(preference, host));

    public FakeDns Address(string name, string address)
    {
        var value = IPAddress.Parse(address);
        return Add(name, value.AddressFamily is AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa, new DnsRecord.Address(value));
    }

    public FakeDns Text(string name, string value) => Add(name, DnsType.Txt, new DnsRecord.Text(value));

    public FakeDns Tlsa(string name, byte usage, byte selector, byte matchingType, byte[] data) =>
        Add(name, DnsType.Tlsa, new DnsRecord.Tlsa(usage, selector, matchingType, data));

    /// <summary>A PTR record.</summary>
    /// <param name="name">Such as <c>1.2.0.192.in-addr.arpa</c>.</param>
    public FakeDns Reverse(string name, string host) => Add(name, DnsType.Reverse, new DnsRecord.HostName(host));

    public FakeDns Alias(string name, string target) => Add(name, DnsType.Cname, new DnsRecord.Alias(target));

    /// <summary>Answers for these names are validated, also that there is nothing there.</summary>
    public FakeDns Validated(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _validated.Add(name);
        return this;
    }

    /// <summary>The servers of the name do not answer such a question.</summary>
    public FakeDns Broken(string name, DnsType type) => Add(name, type, null);

    public ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken ct)
    {
        var plain = name.TrimEnd('.');
        lock (Questions)
            Questions.Add((plain, type));
        var (at, isSigned) = (plain, true);
        for (var hops = 0; hops < MaxAliases; hops++)
        {
            isSigned &= _validated.Contains(at);
            string? aliasOf = at == plain ? null : at;
            if (!_names.TryGetValue(at, out var records))
                return ValueTask.FromResult(DnsAnswer.NoSuchName with { IsAuthenticated = isSigned, AliasOf = aliasOf });
            var found = records.Where(r => r.Type == type).Select(r => r.Record).ToList();
            if (found.Contains(null))
                return ValueTask.FromException<DnsAnswer>(new DnsException($"{name} {type}: broken on purpose"));
            if (found.Count is 0 && records.Select(r => r.Record).OfType<DnsRecord.Alias>().FirstOrDefault() is { } alias)
                at = alias.Target;
            else
                return ValueTask.FromResult(new DnsAnswer(true, [.. found.OfType<DnsRecord>()], Ttl) { IsAuthenticated = isSigned, AliasOf = aliasOf });
        }

        return ValueTask.FromException<DnsAnswer>(new DnsException($"{name} {type}: a ring of aliases"));
    }

    private FakeDns Add(string name, DnsType type, DnsRecord? record)
    {
        if (!_names.TryGetValue(name, out var records))
            _names[name] = records = [];
        records.Add((type, record));
        return this;
    }
}
