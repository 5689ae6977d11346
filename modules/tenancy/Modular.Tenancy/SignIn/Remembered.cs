using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Modular.Tenancy.SignIn;

/// <summary>Answers kept for a short while, so that a request costs no query. Bounded: when it is full, all is forgotten.</summary>
/// <param name="age">After this an answer is asked for again; a right that was taken away is gone by then.</param>
internal sealed class Remembered<TKey, TValue>(TimeSpan age, int most, TimeProvider time) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, (TValue Value, long At)> _kept = new();

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_kept.TryGetValue(key, out var kept) && time.GetElapsedTime(kept.At) < age)
        {
            value = kept.Value;
            return true;
        }
        value = default;
        return false;
    }

    public void Keep(TKey key, TValue value)
    {
        if (_kept.Count >= most) _kept.Clear();
        _kept[key] = (value, time.GetTimestamp());
    }

    public void Forget(TKey key) => _kept.TryRemove(key, out _);

    public void Clear() => _kept.Clear();
}

/// <summary>How old an answer about rights may be.</summary>
internal static class CallerFreshness
{
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(3);
}
