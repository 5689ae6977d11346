using Modular.Delivery;

namespace Modular.Campaigns.Analysis;

/// <summary>What became of a campaign: the ledger's sums, which are the audience, and what people did with the mail.</summary>
internal sealed record CampaignFigures(DeliveryCounts Ledger, ResponseSums Opens, ResponseSums Clicks, long Unsubscribes, long ComplaintsCounted)
{
    public static readonly DeliveryCounts NoLedger = new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, null, null, 0);

    public static readonly CampaignFigures None = new(NoLedger, default, default, 0, 0);

    /// <summary>Recipients whose story sending is done with.</summary>
    public long Done => Ledger.Audience - Ledger.Open;
}

/// <param name="People">Recipients of whom a person did it, each once.</param>
/// <param name="ByPeople">How often people did it.</param>
/// <param name="Machines">Recipients for whom a machine did it, each once; a person may have done it too.</param>
/// <param name="ByMachines">How often machines did it.</param>
internal readonly record struct ResponseSums(long People, long ByPeople, long Machines, long ByMachines);

/// <param name="Number">From 1, in order of the document.</param>
/// <param name="Target">As a template: recipients' values are still names in it.</param>
internal sealed record LinkFigures(int Number, string Target, long People, long ByPeople, long ByMachines);

/// <param name="Opened">People who opened for the first time within this bucket.</param>
/// <param name="Clicked">People who clicked for the first time within it.</param>
internal sealed record ResponsePoint(DateTimeOffset At, long Opened, long Clicked, long Opens, long Clicks);

/// <param name="Bucket">Width of a point.</param>
internal sealed record ResponseSeries(TimeSpan Bucket, IReadOnlyList<ResponsePoint> Points);
