using System.Threading.Channels;

namespace Modular.Campaigns.Sending;

/// <summary>Says that a tenant has a campaign to look after, so that nobody waits for the next round. Lost when full: the next round finds it.</summary>
internal sealed class AudienceSignal
{
    private readonly Channel<TenantId> _channel = Channel.CreateBounded<TenantId>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake(TenantId tenant) => _channel.Writer.TryWrite(tenant);

    /// <summary>The tenants that were named since the last call; waits for one, but no longer than <paramref name="most"/>.</summary>
    public async Task<IReadOnlySet<TenantId>> WaitAsync(TimeSpan most, TimeProvider clock, CancellationToken ct)
    {
        var named = new HashSet<TenantId>();
        using var enough = new CancellationTokenSource(most, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, enough.Token);
        try
        {
            await _channel.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return named;
        }
        while (_channel.Reader.TryRead(out var tenant)) named.Add(tenant);
        return named;
    }
}
