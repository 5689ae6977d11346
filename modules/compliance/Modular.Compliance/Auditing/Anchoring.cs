using Microsoft.Extensions.Logging;

namespace Modular.Compliance.Auditing;

/// <summary>
/// Moves a trail's anchor to its newest row, once the rows in between are found whole. In a serving process a worker does so within a second of the append; a command
/// of the command line, which has no workers, does so itself.
/// </summary>
internal sealed partial class Anchoring(HostFacts host, AnchorBook book, TrailCheck check, ILogger<Anchoring> log)
{
    private readonly Lock _lock = new();
    private HashSet<Trail> _grown = [];

    /// <summary>The trail has a new row, committed.</summary>
    public Task AppendedAsync(Trail trail, CancellationToken ct)
    {
        if (host.Roles is HostRoles.None) return ExtendSafelyAsync(trail, ct);
        lock (_lock) _grown.Add(trail);
        return Task.CompletedTask;
    }

    /// <summary>The trails that grew since this was last asked.</summary>
    public IReadOnlyCollection<Trail> TakeGrown()
    {
        lock (_lock)
        {
            var grown = _grown;
            _grown = [];
            return grown;
        }
    }

    public async Task ExtendSafelyAsync(Trail trail, CancellationToken ct)
    {
        try
        {
            await ExtendAsync(trail, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogFailed(e, trail);   // the deed is done and recorded; the next look anchors it
        }
    }

    private async Task ExtendAsync(Trail trail, CancellationToken ct)
    {
        var anchor = await book.FindAsync(trail, ct);
        var verdict = await check.ContinueAsync(trail, anchor?.Head ?? new TrailHead(0, Deed.NoHash), ct);
        if (verdict.Faults is [var first, ..]) LogNotWhole(trail, first.Seq, first.What);
        else if (verdict.Head.Seq > (anchor?.Head.Seq ?? 0)) await book.PutAsync(trail, verdict.Head, ct);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The audit trail of {Trail} was tampered with at row {Row}: {What}. Its anchor stays where it was; see 'modular audit verify'.")]
    private partial void LogNotWhole(Trail trail, long row, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit trail of {Trail} could not be anchored; trying again")]
    private partial void LogFailed(Exception e, Trail trail);
}
