namespace Modular.Compliance.Suppressing;

/// <summary>What of a person's story stands on the suppression list.</summary>
internal sealed class SuppressionTimeline(TenantDb db) : ITimeline
{
    private const string OfContact = """
        select email_index as email, reason::int as reason, source, at, contact_id, recipient_id
          from suppression
         where contact_id = @ContactId
         order by at desc
         limit @Size
        """;

    public async Task<IReadOnlyList<TimelineEntry>> OfContactAsync(TenantId tenant, long contactId, int size, CancellationToken ct) =>
        [.. (await db.ListAsync<Suppression>(tenant, OfContact, new { ContactId = contactId, Size = size }, ct)).Select(s =>
            new TimelineEntry(s.At, "compliance", $"Suppressed: {s.Reason.Word.Replace('_', ' ')}", s.Source, $"/suppressions/{s.Email.Value:n}"))];
}
