namespace Modular.Campaigns.Drafting;

/// <summary>One mailing, from the first words to the last opening.</summary>
internal sealed record Campaign
{
    /// <summary>The columns, for every statement that reads a whole campaign.</summary>
    public const string Columns = """
        campaign_id, name, subject, from_name, from_address, reply_to, html, text, segment_id, within_lists, state, revision_id, created_at, updated_at, started_at, finished_at
        """;

    public required long CampaignId { get; init; }

    public required string Name { get; init; }

    public required string Subject { get; init; }

    public required string FromName { get; init; }

    public required string FromAddress { get; init; }

    /// <summary>Empty: replies go to the sender.</summary>
    public required string ReplyTo { get; init; }

    public required string Html { get; init; }

    /// <summary>Empty: made out of the HTML.</summary>
    public required string Text { get; init; }

    /// <summary>Null: everyone.</summary>
    public long? SegmentId { get; init; }

    /// <summary>Only contacts on one of these lists get it, whatever the segment says. Null: it is not bound.</summary>
    public long[]? WithinLists { get; init; }

    public required CampaignState State { get; init; }

    /// <summary>The content that is being or was sent; null while a draft.</summary>
    public long? RevisionId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public bool IsDraft => State is CampaignState.Draft;
}

/// <summary>Where a campaign stands; in the database and in REST the word in lower case.</summary>
internal enum CampaignState
{
    Draft,

    /// <summary>The audience is being handed over; nothing is sent yet.</summary>
    Preparing,

    Sending,

    Paused,

    /// <summary>No recipient is left whom sending could still change.</summary>
    Sent,

    Cancelled,
}

internal static class CampaignStateWords
{
    public static string Word(this CampaignState state) => state switch
    {
        CampaignState.Draft => "draft",
        CampaignState.Preparing => "preparing",
        CampaignState.Sending => "sending",
        CampaignState.Paused => "paused",
        CampaignState.Sent => "sent",
        _ => "cancelled",
    };
}
