namespace Modular.Kernel.Modules;

/// <summary>
/// A module's part of one person's story. The page that shows a contact asks everyone who serves this and puts the parts in order, so that contacts need
/// not know who sends mail and who counts clicks.
/// </summary>
public interface ITimeline
{
    /// <param name="size">The newest so many, 1 to 200.</param>
    Task<IReadOnlyList<TimelineEntry>> OfContactAsync(TenantId tenant, long contactId, int size, CancellationToken ct);
}

/// <param name="What">One line: <c>Delivered: Spring news</c>.</param>
/// <param name="Detail">More, such as the far side's words; null when there is none.</param>
/// <param name="Path">A page of the console that tells the rest; null when there is none.</param>
public sealed record TimelineEntry(DateTimeOffset At, string Module, string What, string? Detail = null, string? Path = null);
