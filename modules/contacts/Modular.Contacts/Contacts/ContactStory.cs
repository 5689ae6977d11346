using Microsoft.Extensions.Logging;
using Modular.Compliance;

namespace Modular.Contacts;

/// <param name="Suppression">Why the suppression list forbids it; null when it does not.</param>
/// <param name="Steps">Newest first.</param>
internal sealed record ContactStory(OpenedContact Contact, Suppression? Suppression, IReadOnlyList<TimelineEntry> Steps)
{
    public bool MayBeMailed => Contact.Status is ContactStatus.Active && Suppression is null;
}

/// <summary>Tells what is known of one contact: where it came from, what changed, and what every other module knows of it.</summary>
internal sealed partial class ContactStories(TenantDb db, ISealer sealer, ContactBook book, ISuppressionList suppressions, IEnumerable<ITimeline> others, ILogger<ContactStories> log)
{
    private const int MaxSteps = 100;

    private const string History = "select at, what, detail, actor from contact_history where contact_id = @contactId order by at desc limit @MaxSteps";

    private const string FileOf = "select file_name from import_job where import_id = @importId";

    public async Task<ContactStory?> TellAsync(Reach reach, long contactId, CancellationToken ct)
    {
        var tenant = reach.Tenant;
        if (await book.FindAsync(reach, contactId, ct) is not { } contact) return null;
        var index = sealer.Index(tenant, contact.Email);
        var suppression = (await suppressions.FindAsync(tenant, [index], ct)).GetValueOrDefault(index);
        var steps = await OwnAsync(tenant, contact, ct);
        foreach (var other in others) steps.AddRange(await AskAsync(other, tenant, contactId, ct));
        var newest = steps.OrderByDescending(s => s.At).Take(MaxSteps);
        return new ContactStory(contact, suppression, [.. reach.IsWhole ? newest : newest.Select(s => s with { Path = null })]);   // the pages behind them show more than this contact
    }

    private async Task<List<TimelineEntry>> OwnAsync(TenantId tenant, OpenedContact contact, CancellationToken ct)
    {
        var steps = new List<TimelineEntry>();
        foreach (var row in await db.ListAsync<HistoryRow>(tenant, History, new { contactId = contact.ContactId, MaxSteps }, ct))
            steps.Add(new(row.At, "contacts", char.ToUpperInvariant(row.What[0]) + row.What[1..], row.Actor == "system" ? row.Detail : $"{row.Detail} ({row.Actor})".TrimStart()));
        if (contact.ImportId is { } importId)
        {
            var file = await db.FindAsync<string>(tenant, FileOf, new { importId }, ct);
            steps.Add(new(contact.CreatedAt, "contacts", "Imported", file is null ? null : $"{Path.GetFileName(file)}, line {contact.ImportLine}", $"/contacts/imports/{importId}"));
        }
        return steps;
    }

    /// <summary>A module that cannot answer leaves a gap in the story, and the rest is shown.</summary>
    private async Task<IReadOnlyList<TimelineEntry>> AskAsync(ITimeline other, TenantId tenant, long contactId, CancellationToken ct)
    {
        try
        {
            return await other.OfContactAsync(tenant, contactId, MaxSteps, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogSilent(e, tenant, contactId, other.GetType().Name);
            return [];
        }
    }

    private sealed record HistoryRow(DateTimeOffset At, string What, string? Detail, string Actor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Part} could not tell its part of contact {ContactId} of tenant {Tenant}")]
    private partial void LogSilent(Exception e, TenantId tenant, long contactId, string part);
}
