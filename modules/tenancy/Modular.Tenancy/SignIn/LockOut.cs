using System.Collections.Concurrent;
using Modular.Tenancy.Policies;

namespace Modular.Tenancy.SignIn;

/// <summary>
/// What a tenant's policy adds to <see cref="SignInThrottle"/>: wrong passwords in a row, counted for one account and one place. A stranger elsewhere locks out himself; on
/// a device where the person has signed in before, only that device counts. In this process's memory, bounded: when it is full, all is forgotten.
/// </summary>
internal sealed class LockOut(TimeProvider time)
{
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset LastAt)> _places = new(StringComparer.Ordinal);

    public bool IsLocked(Guid account, Origin origin, LockOutPolicy policy) =>
        _places.TryGetValue(Name(account, origin), out var place) && place.Failures >= policy.Attempts && !IsOver(place.LastAt, policy);

    public void CountFailure(Guid account, Origin origin, LockOutPolicy policy)
    {
        if (_places.Count >= Most) _places.Clear();
        _places.AddOrUpdate(Name(account, origin), _ => (1, time.GetUtcNow()), (_, old) => (IsOver(old.LastAt, policy) ? 1 : old.Failures + 1, time.GetUtcNow()));
    }

    public void Forget(Guid account, Origin origin) => _places.TryRemove(Name(account, origin), out _);

    private bool IsOver(DateTimeOffset lastAt, LockOutPolicy policy) => time.GetUtcNow() - lastAt >= TimeSpan.FromMinutes(policy.Minutes);

    private static string Name(Guid account, Origin origin) => $"{account} {origin.Device ?? origin.Network}";
}
