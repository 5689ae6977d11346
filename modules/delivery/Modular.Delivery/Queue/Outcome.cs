namespace Modular.Delivery.Queue;

/// <summary>What became of one claimed recipient, as the ledger will say it.</summary>
/// <param name="Words">The far side's words, or ours; without the recipient's address.</param>
internal sealed record Outcome(Claimed Message, DeliveryState State, string? Words)
{
    /// <summary>When an open state is looked at again; null for a final one.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Enhanced status, as in <c>4.2.2</c>.</summary>
    public string? Status { get; init; }

    public string? Server { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>Whether the far side was spoken to: counts as an attempt.</summary>
    public bool WasTried { get; init; }

    /// <summary>The connection was lost behind the final dot: it may have been taken.</summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>Whoever submitted it wants to hear that it was handed on, and the far side will not say so.</summary>
    public bool IsRelayReported { get; init; }

    /// <summary>The address itself is dead.</summary>
    public bool IsHard { get; init; }

    /// <summary>Set for what the row alone does not tell.</summary>
    public DeliveryEventKind? Event { get; init; }
}

/// <summary>Kinds of rows in <c>delivery_event</c>.</summary>
internal enum DeliveryEventKind : short
{
    Deferred = 1,
    Bounced = 2,
    Ambiguous = 3,
    GivenUp = 4,

    /// <summary>A delivery that its row no longer tells, because a report came later.</summary>
    Delivered = 5,
    LateBounce = 6,
    Complaint = 7,

    /// <summary>A report that delivery takes longer; changes nothing.</summary>
    DelayNotice = 8,
    AutoReply = 9,
    OtherReply = 10,
}

internal static class DeliveryEventInWords
{
    extension(DeliveryEventKind kind)
    {
        public string InWords() => kind switch
        {
            DeliveryEventKind.Deferred => "deferred",
            DeliveryEventKind.Bounced => "bounced",
            DeliveryEventKind.Ambiguous => "ambiguous",
            DeliveryEventKind.GivenUp => "given up",
            DeliveryEventKind.Delivered => "delivered",
            DeliveryEventKind.LateBounce => "bounced later",
            DeliveryEventKind.Complaint => "reported as spam",
            DeliveryEventKind.DelayNotice => "delay notice",
            DeliveryEventKind.AutoReply => "automatic reply",
            _ => "reply",
        };
    }
}
