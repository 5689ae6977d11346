namespace Modular.Contacts.DropFolder;

/// <param name="IsDeep">Depth infinity: everything below it is locked too.</param>
/// <param name="Owner">What the client says about its owner: XML, kept as it came.</param>
internal sealed record DavLock(string Token, DavPath Path, bool IsDeep, bool IsExclusive, string? Owner, DateTimeOffset Until)
{
    public bool Covers(DavPath path) => Path == path || IsDeep && path.IsBelow(Path);
}

/// <summary>A tenant's write locks (RFC 4918 §6), in this process's memory: a restart frees them, as the RFC allows. Thread-safe.</summary>
internal sealed class DavLocks
{
    /// <summary>Locks of one tenant at once, at most.</summary>
    public const int MaxLocks = 1_000;

    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly List<DavLock> _locks = [];

    /// <summary>Locks that hold on this very resource, its own and its folders'.</summary>
    public IReadOnlyList<DavLock> On(DavPath path, DateTimeOffset now) => Where(l => l.Covers(path), now);

    /// <summary>Locks that stand on resources below it.</summary>
    public IReadOnlyList<DavLock> Below(DavPath path, DateTimeOffset now) => Where(l => l.Path.IsBelow(path), now);

    /// <returns>False when another lock is in the way, or there are too many.</returns>
    public bool TryAdd(DavLock wanted, DateTimeOffset now)
    {
        lock (_gate)
        {
            Forget(now);
            if (_locks.Count >= MaxLocks) return false;
            foreach (var other in _locks)
            {
                var meets = other.Covers(wanted.Path) || wanted.IsDeep && other.Path.IsBelow(wanted.Path);
                if (meets && (wanted.IsExclusive || other.IsExclusive)) return false;
            }
            _locks.Add(wanted);
            return true;
        }
    }

    /// <summary>Lengthens one of the shown locks that covers the path; null when none does.</summary>
    public DavLock? Refresh(DavPath path, IEnumerable<string> tokens, DateTimeOffset until, DateTimeOffset now)
    {
        var shown = tokens.ToHashSet(StringComparer.Ordinal);
        lock (_gate)
        {
            Forget(now);
            var at = _locks.FindIndex(l => l.Covers(path) && shown.Contains(l.Token));
            return at < 0 ? null : _locks[at] = _locks[at] with { Until = until };
        }
    }

    public bool Remove(string token, DavPath path)
    {
        lock (_gate) return _locks.RemoveAll(l => l.Token == token && l.Covers(path)) > 0;
    }

    /// <summary>The resource is gone, and with it its locks and those below it.</summary>
    public void RemoveTree(DavPath path)
    {
        lock (_gate) _locks.RemoveAll(l => l.Path == path || l.Path.IsBelow(path));
    }

    private List<DavLock> Where(Func<DavLock, bool> isMeant, DateTimeOffset now)
    {
        lock (_gate)
        {
            Forget(now);
            return [.. _locks.Where(isMeant)];
        }
    }

    private void Forget(DateTimeOffset now) => _locks.RemoveAll(l => l.Until <= now);
}
