using System.Collections.Concurrent;

namespace Modular.Testing;

/// <summary>Remembers what was told, whether or not the teller's transaction committed.</summary>
public sealed class RecordingOutbox : IOutbox
{
    private readonly ConcurrentQueue<IEvent> _told = new();

    public IReadOnlyList<IEvent> Told => [.. _told];

    public Task TellAsync(TenantTransaction transaction, IReadOnlyCollection<IEvent> events, CancellationToken ct)
    {
        foreach (var e in events)
            _told.Enqueue(e);
        return Task.CompletedTask;
    }

    public void Wake(TenantId tenant)
    {
    }
}
