namespace Modular.Web.Kit;

/// <summary>Counts over time, for one chart that answers one question.</summary>
/// <param name="At">Ascending; at most <see cref="MaxPoints"/>.</param>
public sealed record TimeSeries(IReadOnlyList<DateTimeOffset> At, IReadOnlyList<TimeSeries.Line> Lines)
{
    /// <summary>An hour a point for a month; more than a screen can tell apart. Group by day beyond it.</summary>
    public const int MaxPoints = 750;

    /// <param name="Values">One for each point in time.</param>
    public sealed record Line(string Name, IReadOnlyList<long> Values);
}
