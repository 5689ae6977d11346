namespace Modular.Campaigns.Composing;

/// <summary>Keeps what was asked for lately, up to a bound. Thread-safe; a value that two threads make at once is made twice and kept once.</summary>
internal sealed class RecentlyUsed<TKey, TValue>(int capacity)
    where TKey : notnull
    where TValue : class
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _order = new();
    private readonly Lock _lock = new();

    public TValue? Find(TKey key)
    {
        lock (_lock)
        {
            if (!_nodes.TryGetValue(key, out var node)) return null;
            if (node != _order.First)
            {
                _order.Remove(node);
                _order.AddFirst(node);
            }
            return node.Value.Value;
        }
    }

    public TValue Keep(TKey key, TValue value)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(key, out var kept)) return kept.Value.Value;
            _nodes[key] = _order.AddFirst((key, value));
            if (_nodes.Count > capacity)
            {
                _nodes.Remove(_order.Last!.Value.Key); // more than capacity, so not empty
                _order.RemoveLast();
            }
            return value;
        }
    }
}
