using System.Collections.Concurrent;

namespace Modular.Mail.Dns;

/// <summary>Keeps answers, also those that there is nothing, for as long as they hold (RFC 2308).</summary>
internal sealed class DnsCache(int maxEntries, TimeSpan maxAge, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Name, DnsType Type), Entry> _entries = new();

    public DnsAnswer? Find(string name, DnsType type) =>
        _entries.TryGetValue((name, type), out var entry) && !IsStale(entry) ? entry.Answer : null;

    public void Add(string name, DnsType type, DnsAnswer answer)
    {
        if (answer.Ttl <= TimeSpan.Zero)
            return;
        if (_entries.Count >= maxEntries)
            MakeRoom();
        _entries[(name, type)] = new Entry(answer, time.GetTimestamp(), answer.Ttl < maxAge ? answer.Ttl : maxAge);
    }

    private void MakeRoom()
    {
        foreach (var (key, entry) in _entries)
        {
            if (IsStale(entry))
                _entries.TryRemove(key, out _);
        }

        foreach (var key in _entries.Keys.Take(Math.Max(0, _entries.Count - maxEntries / 2)))
            _entries.TryRemove(key, out _);   // whichever: each can be asked for again
    }

    private bool IsStale(Entry entry) => time.GetElapsedTime(entry.Since) >= entry.Age;

    private sealed record Entry(DnsAnswer Answer, long Since, TimeSpan Age);
}
