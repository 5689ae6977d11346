namespace Modular.Contacts;

/// <summary>Who a campaign goes to, read in pages by key.</summary>
public interface IAudiences
{
    /// <summary>
    /// The next contacts of the segment (null: of everyone) whose id is above <paramref name="after"/>, in order of id, whatever their status: who may
    /// not be mailed is in the page too, so that the sender can say why. A segment's personal conditions are checked here, on opened profiles.
    /// </summary>
    /// <param name="within">Ids of lists: only contacts on one of them count. Null: all contacts.</param>
    /// <param name="after">The last page's <see cref="AudiencePage.Last"/>; 0 for the first.</param>
    /// <param name="size">Contacts looked at, 1 to 10,000; a page can hold fewer, even none, and not be the last.</param>
    Task<AudiencePage> ReadAsync(TenantId tenant, long? segmentId, IReadOnlyCollection<long>? within, long after, int size, CancellationToken ct);

    /// <summary>What a segment is called; null when there is none.</summary>
    Task<string?> SegmentNameAsync(TenantId tenant, long segmentId, CancellationToken ct);

    /// <summary>Segments to choose from, by name.</summary>
    Task<IReadOnlyList<SegmentChoice>> SegmentsAsync(TenantId tenant, CancellationToken ct);

    /// <summary>How many contacts the segment (null: everyone) holds now, and how many of them are active. Reads the whole segment.</summary>
    /// <param name="within">As in <see cref="ReadAsync"/>.</param>
    Task<AudienceSize> CountAsync(TenantId tenant, long? segmentId, IReadOnlyCollection<long>? within, CancellationToken ct);

    /// <summary>Which of these contacts, at most 10,000, are on one of the lists now.</summary>
    Task<IReadOnlySet<long>> OnListsAsync(TenantId tenant, IReadOnlyCollection<long> lists, IReadOnlyCollection<long> contactIds, CancellationToken ct);

    /// <summary>What these lists are called; one that was deleted is absent.</summary>
    Task<IReadOnlyList<string>> ListNamesAsync(TenantId tenant, IReadOnlyCollection<long> lists, CancellationToken ct);
}

public sealed record SegmentChoice(long SegmentId, string Name);

public sealed record AudienceSize(long Contacts, long Active);

/// <param name="Last">Pass it as <c>after</c> for the next page; null when this was the last.</param>
public sealed record AudiencePage(IReadOnlyList<AudienceMember> Members, long? Last);

/// <param name="Domain">The address's domain, as <see cref="EmailAddress.Domain"/>: what mail is grouped by.</param>
public readonly record struct AudienceMember(long ContactId, EmailIndex Email, string Domain, ContactStatus Status);

/// <summary>Whether a contact is mailed. An import never makes a silent contact active again.</summary>
public enum ContactStatus
{
    Active,
    Bounced,
    Unsubscribed,
    Complained,
}
