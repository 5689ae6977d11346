namespace Modular.Compliance.Auditing;

/// <summary>Verifies a trail for someone who asks over the network: one at a time in this process, since each reads a whole trail.</summary>
internal sealed class TrailVerification(TrailCheck check) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<TrailVerdict> VerifyAsync(Trail trail, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await check.VerifyAsync(trail, null, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
