using Xunit;

namespace Modular.Testing;

/// <summary>For what another thread or the operating system does in its own time, and nothing can be drained: looks until it holds, and fails after half a minute.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    public static Task HoldsAsync(Func<bool> condition, CancellationToken ct) => HoldsAsync(() => Task.FromResult(condition()), ct);

    public static async Task HoldsAsync(Func<Task<bool>> condition, CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Between);
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, "It still does not hold after half a minute.");
            await timer.WaitForNextTickAsync(ct);
        }
    }
}
