namespace Modular.Compliance;

/// <summary>One page of a list in REST.</summary>
/// <param name="Next">Pass it as <c>cursor</c>; null when this was the last page.</param>
internal sealed record Listing<T>(IReadOnlyList<T> Items, string? Next);

internal static class Listing
{
    public const int DefaultItems = 100;
    public const int MostItems = 1000;

    /// <param name="rows">One more than <paramref name="limit"/> where there is a further page.</param>
    public static Listing<TItem> Of<TRow, TItem>(IReadOnlyList<TRow> rows, int limit, Func<TRow, TItem> item, Func<TRow, string> cursor) =>
        new([.. rows.Take(limit).Select(item)], rows.Count > limit ? cursor(rows[limit - 1]) : null);
}
