using System.Collections.Concurrent;

namespace Modular.Delivery.Queue;

/// <summary>Says within this process that a tenant has work, so that its sender does not wait for the next look.</summary>
internal sealed class SendSignal
{
    private readonly ConcurrentDictionary<TenantId, byte> _woken = new();
    private TaskCompletionSource _any = New();

    public void Wake(TenantId tenant)
    {
        _woken[tenant] = 1;
        Volatile.Read(ref _any).TrySetResult();
    }

    /// <summary>Ends when someone was woken or <paramref name="delay"/> is over.</summary>
    public async Task<IReadOnlyCollection<TenantId>> WaitAsync(TimeSpan delay, TimeProvider time, CancellationToken ct)
    {
        try
        {
            await _any.Task.WaitAsync(delay, time, ct);
        }
        catch (TimeoutException)
        {
            return [];
        }
        Interlocked.Exchange(ref _any, New());
        var tenants = _woken.Keys.ToArray();
        foreach (var tenant in tenants) _woken.TryRemove(tenant, out _);
        return tenants;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
