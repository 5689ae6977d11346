using System.Collections.Concurrent;

namespace Modular.Mail.Dns;

/// <summary>
/// Keeps answers for as long as they hold, also those that there is nothing (RFC 2308 §5), and for a moment that nobody could answer, so that
/// a broken zone is not asked for with every message (RFC 9520 §3.2).
/// </summary>
internal sealed class DnsCache(int maxEntries, TimeSpan maxAge, TimeProvider time)
{
    /// <summary>Answers of nothing are kept no longer than this (RFC 2308 §5).</summary>
    public static readonly TimeSpan MaxNegativeAge = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Name, DnsType Type), Entry> _entries = new();

    /// <exception cref="DnsException">A moment ago nobody could answer.</exception>
    public DnsAnswer? Find(string name, DnsType type)
    {
        if (!_entries.TryGetValue((name, type), out var entry) || IsStale(entry))
            return null;
        return entry.Answer ?? throw new DnsException(entry.Fault!);    // an entry has the one or the other
    }

    public void Add(string name, DnsType type, DnsAnswer answer)
    {
        var most = answer.Records.Count is 0 && MaxNegativeAge < maxAge ? MaxNegativeAge : maxAge;
        Add(name, type, answer, null, answer.Ttl < most ? answer.Ttl : most);
    }

    public void AddFault(string name, DnsType type, string fault, TimeSpan age) => Add(name, type, null, fault, age);

    private void Add(string name, DnsType type, DnsAnswer? answer, string? fault, TimeSpan age)
    {
        if (age <= TimeSpan.Zero)
            return;
        if (_entries.Count >= maxEntries)
            MakeRoom();
        _entries[(name, type)] = new Entry(answer, fault, time.GetTimestamp(), age);
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

    private sealed record Entry(DnsAnswer? Answer, string? Fault, long Since, TimeSpan Age);
}
