namespace Modular.Compliance;

internal sealed record BadCursor() : Fault("The cursor is none of ours: take 'next' of the page before as it is.")
{
    public override string? Field => "cursor";
}

internal sealed record BadLimit() : Fault($"'limit' is 1 to {Listing.MostItems}.")
{
    public override string? Field => "limit";
}
