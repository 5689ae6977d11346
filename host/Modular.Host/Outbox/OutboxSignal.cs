using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Modular.Host.Outbox;

/// <summary>Says which tenants have rows to hear. A tenant waits at most once, so the queue is never longer than the list of tenants.</summary>
internal sealed class OutboxSignal
{
    private readonly ConcurrentDictionary<TenantId, bool> _waiting = new();
    private readonly Channel<TenantId> _queue = Channel.CreateUnbounded<TenantId>();   // bounded by _waiting

    public void Raise(TenantId tenant)
    {
        if (_waiting.TryAdd(tenant, true))
            _queue.Writer.TryWrite(tenant);
    }

    /// <summary>Tenants as they are raised. One raised again while it is worked on comes again.</summary>
    public async IAsyncEnumerable<TenantId> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var tenant in _queue.Reader.ReadAllAsync(ct))
        {
            _waiting.TryRemove(tenant, out _);
            yield return tenant;
        }
    }
}
