using System.Xml.Linq;

namespace Modular.Contacts.DropFolder;

/// <summary>Dead properties (RFC 4918 §4): what clients pin to a resource and read again. In this process's memory, bounded, lost at a restart. Thread-safe.</summary>
internal sealed class DavProperties
{
    /// <summary>Properties of one resource, at most.</summary>
    public const int MaxOfResource = 100;

    /// <summary>Resources of one tenant with properties, at most; the first ones are forgotten.</summary>
    private const int MaxResources = 2_000;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<DavPath, Dictionary<XName, XElement>> _byPath = [];

    public IReadOnlyDictionary<XName, XElement> Of(DavPath path)
    {
        lock (_gate) return _byPath.TryGetValue(path, out var own) ? new Dictionary<XName, XElement>(own) : [];
    }

    /// <returns>False when there would be too many.</returns>
    public bool TryReplace(DavPath path, Dictionary<XName, XElement> all)
    {
        if (all.Count > MaxOfResource) return false;
        lock (_gate)
        {
            if (all.Count == 0)
            {
                _byPath.Remove(path);
                return true;
            }
            if (_byPath.Count >= MaxResources && !_byPath.ContainsKey(path)) _byPath.RemoveAt(0);
            _byPath[path] = all;
            return true;
        }
    }

    /// <summary>A copy of a resource takes its properties along, and everything below it too.</summary>
    public void CopyTree(DavPath from, DavPath to)
    {
        lock (_gate)
        {
            foreach (var (path, all) in _byPath.Where(p => p.Key == from || p.Key.IsBelow(from)).ToList())
            {
                var target = to;
                foreach (var name in path.Names.Skip(from.Names.Count)) target = target.Below(name);
                if (_byPath.Count < MaxResources) _byPath[target] = new(all);
            }
        }
    }

    public void RemoveTree(DavPath path)
    {
        lock (_gate)
        {
            foreach (var gone in _byPath.Keys.Where(p => p == path || p.IsBelow(path)).ToList()) _byPath.Remove(gone);
        }
    }
}
