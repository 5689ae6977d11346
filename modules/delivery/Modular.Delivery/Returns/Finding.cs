namespace Modular.Delivery.Returns;

/// <summary>What a mail that came in means for a recipient.</summary>
internal enum Meaning
{
    /// <summary>Nothing: it is kept to be read.</summary>
    Other,
    Bounce,
    Complaint,
    Delay,
    AutoReply,
    Unsubscribe,

    /// <summary>A report that it was delivered.</summary>
    Delivered,
}

/// <param name="RecipientId">Whom it is about; null when nothing in it says so under our signature.</param>
/// <param name="Words">The far side's, without addresses.</param>
/// <param name="Source">Who reports it.</param>
/// <param name="Rule">What the verdict rests on, for an operator who asks.</param>
internal sealed record Finding(Meaning Meaning, long? RecipientId, string? Status, string Words, string Source, bool IsHard, string Rule)
{
    public string Verdict => Meaning.ToString().ToLowerInvariant() + ": " + Rule;
}
