namespace Modular.Campaigns.Tracking;

/// <summary>What a recipient, or a machine on its way, did with a mail. The numbers are stored.</summary>
internal enum ResponseKind : short
{
    Open = 1,
    Click = 2,
    Unsubscribe = 3,
    Complaint = 4,
}

internal enum Agent : short
{
    Person = 1,

    /// <summary>Something that fetches for a person, or looks before them: a scanner, a prefetcher, a bot.</summary>
    Machine = 2,
}

/// <param name="Link">From 1, for a click; else 0.</param>
internal readonly record struct Hit(long RecipientId, long CampaignId, DateTimeOffset At, ResponseKind Kind, short Link, Agent Agent);
