using System.Net;
using System.Net.Sockets;
using Modular.Mail.Dns;

namespace Modular.Testing;

/// <summary>A domain name system of a few lines. Names that were never mentioned do not exist.</summary>
public sealed class FakeDns : IDnsResolver
{
    private readonly Dictionary<string, List<(DnsType Type, DnsRecord? Record)>> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was asked, in order.</summary>
    public List<(string Name, DnsType Type)> Questions { get; } = [];

    /// <param name="host">Empty for a null MX.</param>
    public FakeDns Mx(string name, int preference, string host) => Add(name, DnsType.Mx, new DnsRecord.Exchanger(preference, host));

    public FakeDns Address(string name, string address)
    {
        var value = IPAddress.Parse(address);
        return Add(name, value.AddressFamily is AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa, new DnsRecord.Address(value));
    }

    public FakeDns Text(string name, string value) => Add(name, DnsType.Txt, new DnsRecord.Text(value));

    /// <summary>The servers of the name do not answer such a question.</summary>
    public FakeDns Broken(string name, DnsType type) => Add(name, type, null);

    public ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken ct)
    {
        lock (Questions)
            Questions.Add((name, type));
        if (!_names.TryGetValue(name, out var records))
            return ValueTask.FromResult(DnsAnswer.NoSuchName);
        var found = records.Where(r => r.Type == type).Select(r => r.Record).ToList();
        return found.Contains(null)
            ? ValueTask.FromException<DnsAnswer>(new DnsException($"{name} {type}: broken on purpose"))
            : ValueTask.FromResult(new DnsAnswer(true, [.. found.OfType<DnsRecord>()], TimeSpan.FromMinutes(5)));
    }

    private FakeDns Add(string name, DnsType type, DnsRecord? record)
    {
        if (!_names.TryGetValue(name, out var records))
            _names[name] = records = [];
        records.Add((type, record));
        return this;
    }
}
