using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Modular.Delivery.Returns;

/// <summary>Says within this process that mail came in, so that it is read at once.</summary>
internal sealed class ReturnSignal
{
    private readonly ConcurrentDictionary<TenantId, byte> _tenants = new();
    private readonly Channel<byte> _any = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile bool _system;

    public void Wake(TenantId tenant)
    {
        _tenants[tenant] = 1;
        _any.Writer.TryWrite(0);
    }

    public void WakeSystem()
    {
        _system = true;
        _any.Writer.TryWrite(0);
    }

    /// <returns>Who was woken; nobody when <paramref name="delay"/> was over first.</returns>
    public async Task<(IReadOnlyCollection<TenantId> Tenants, bool System)> WaitAsync(TimeSpan delay, TimeProvider time, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(delay, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            await _any.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ([], false);
        }
        var tenants = _tenants.Keys.ToArray();
        foreach (var tenant in tenants) _tenants.TryRemove(tenant, out _);
        var system = _system;
        _system = false;
        return (tenants, system);
    }
}
