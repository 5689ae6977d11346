using Modular.Delivery.Queue;
using Modular.Delivery.Submission;

namespace Modular.Delivery.Returns;

/// <summary>Writes what returned mail means into the ledger. Each statement changes only what has not been changed yet, so a report that comes again changes nothing.</summary>
internal static class ReturnApplication
{
    private const string Bounce = """
        with found as (
            select * from unnest(@ids, @statuses, @words, @sources) as f(recipient_id, status, words, source)
        ), before as (
            select d.recipient_id, d.state, d.server, d.status, d.reason, d.changed_at, d.duration_ms, d.test_to is not null as is_test
              from delivery d join found using (recipient_id)
             where d.state = 2 or (d.state in (0, 3) and d.due_at is not null and d.attempts > 0)   -- also one we thought we had not delivered
               for update of d
        ), changed as (
            update delivery d
               set state = 4, due_at = null, changed_at = @now, status = coalesce(f.status, d.status), reason = f.words, server = f.source
              from found f join before b using (recipient_id)
             where d.recipient_id = f.recipient_id
            returning d.recipient_id, d.campaign_id, d.contact_id, d.email_index, b.state as was, b.is_test
        ), told as (
            insert into delivery_event (recipient_id, kind, at, duration_ms, server, status, words)
            select recipient_id, 5, changed_at, coalesce(duration_ms, 0), server, status, reason from before where state = 2
            union all
            select f.recipient_id, 6, @now, 0, f.source, f.status, f.words from found f join changed using (recipient_id)
        ), moved as (
            select campaign_id, was as state, -1 as n from changed where not is_test
            union all select campaign_id, 4::smallint, 1 from changed where not is_test
        ), tallied as (
        """ + "\n" + Tally.Add + """

        )
        select recipient_id, campaign_id, contact_id, email_index as email from changed where not is_test or campaign_id = 0
        """;

    private const string Complain = """
        with found as (
            select * from unnest(@ids, @words, @sources) as f(recipient_id, words, source)
        ), changed as (
            update delivery d set complained = true from found f where d.recipient_id = f.recipient_id and not d.complained
            returning d.recipient_id, d.campaign_id, d.contact_id, d.email_index, d.test_to is not null as is_test, f.words, f.source
        ), told as (
            insert into delivery_event (recipient_id, kind, at, server, words) select recipient_id, 7, @now, source, words from changed
        ), moved as (
            select campaign_id, 8::smallint as state, 1 as n from changed where not is_test
        ), tallied as (
        """ + "\n" + Tally.Add + """

        )
        select recipient_id, campaign_id, contact_id, email_index as email from changed where not is_test or campaign_id = 0
        """;

    private const string Note = """
        insert into delivery_event (recipient_id, kind, at, server, words)
        select n.recipient_id, n.kind, @now, n.source, n.words
          from unnest(@ids, @kinds, @words, @sources) as n(recipient_id, kind, words, source)
         where exists (select from delivery d where d.recipient_id = n.recipient_id)
        """;

    private const string Submitted = "select recipient_id from delivery where recipient_id = any(@ids) and campaign_id = 0 and state = 2";

    /// <summary>A recipient is with a sender at this moment: its report was quicker than its outcome.</summary>
    private const string StillSending = "select recipient_id from delivery where recipient_id = any(@ids) and state in (0, 3) and due_at is null";

    public static async Task<IReadOnlySet<long>> StillSendingAsync(TenantTransaction tx, IEnumerable<Finding> findings, CancellationToken ct) =>
        (await tx.ListAsync<long>(StillSending, new { ids = findings.Where(f => f.Meaning is Meaning.Bounce).Select(f => f.RecipientId ?? 0).ToArray() }, ct)).ToHashSet();

    public static async Task ApplyAsync(TenantTransaction tx, IReadOnlyList<Finding> findings, DateTimeOffset now, CancellationToken ct)
    {
        var bounces = Of(findings, Meaning.Bounce);
        if (bounces.Count > 0)
        {
            var rows = await tx.ListAsync<Changed>(Bounce, new
            {
                now,
                ids = Ids(bounces),
                statuses = bounces.Select(f => f.Status).ToArray(),
                words = bounces.Select(f => f.Words).ToArray(),
                sources = bounces.Select(f => f.Source).ToArray(),
            }, ct);
            var by = bounces.ToDictionary(f => f.RecipientId!.Value);
            await tx.TellAsync([.. rows.Select(row => new RecipientBounced(
                tx.Tenant, row.CampaignId, row.RecipientId, row.ContactId, new EmailIndex(row.Email), by[row.RecipientId].IsHard, by[row.RecipientId].Status, by[row.RecipientId].Words, now))], ct);
            await tx.TellAsync([.. rows.Where(row => row.CampaignId is SubmittedTable.NoCampaign).Select(row => Settled(tx.Tenant, by[row.RecipientId], SubmittedOutcome.Failed, now))], ct);
        }

        var complaints = Of(findings, Meaning.Complaint);
        if (complaints.Count > 0)
        {
            var rows = await tx.ListAsync<Changed>(Complain, new
            {
                now,
                ids = Ids(complaints),
                words = complaints.Select(f => f.Words).ToArray(),
                sources = complaints.Select(f => f.Source).ToArray(),
            }, ct);
            var by = complaints.ToDictionary(f => f.RecipientId!.Value);
            await tx.TellAsync([.. rows.Select(row => new RecipientComplained(
                tx.Tenant, row.CampaignId, row.RecipientId, row.ContactId, new EmailIndex(row.Email), by[row.RecipientId].Source, now))], ct);
        }

        var delivered = Of(findings, Meaning.Delivered);
        if (delivered.Count > 0)
        {
            var submitted = (await tx.ListAsync<long>(Submitted, new { ids = Ids(delivered) }, ct)).ToHashSet();
            await tx.TellAsync([.. delivered.Where(f => submitted.Contains(f.RecipientId!.Value)).Select(f => Settled(tx.Tenant, f, SubmittedOutcome.Delivered, now))], ct);
        }

        var notes = findings.Where(f => f.RecipientId is not null && f.Meaning is Meaning.Delay or Meaning.AutoReply or Meaning.Other or Meaning.Delivered).ToList();
        if (notes.Count > 0)
        {
            await tx.RunAsync(Note, new
            {
                now,
                ids = Ids(notes),
                kinds = notes.Select(f => (short)(f.Meaning switch
                {
                    Meaning.Delay => DeliveryEventKind.DelayNotice,
                    Meaning.AutoReply => DeliveryEventKind.AutoReply,
                    _ => DeliveryEventKind.OtherReply,
                })).ToArray(),
                words = notes.Select(f => f.Words).ToArray(),
                sources = notes.Select(f => f.Source).ToArray(),
            }, ct);
        }
    }

    private static SubmittedRecipientSettled Settled(TenantId tenant, Finding finding, SubmittedOutcome outcome, DateTimeOffset now) =>
        new(tenant, finding.RecipientId!.Value, outcome, finding.Status, finding.Words, finding.Source, now);

    /// <summary>One for each recipient: several reports about one are one fact.</summary>
    private static List<Finding> Of(IReadOnlyList<Finding> findings, Meaning meaning) =>
        [.. findings.Where(f => f.Meaning == meaning && f.RecipientId is not null).DistinctBy(f => f.RecipientId)];

    private static long[] Ids(List<Finding> findings) => [.. findings.Select(f => f.RecipientId!.Value)];

    private sealed record Changed(long RecipientId, long CampaignId, long ContactId, Guid Email);
}
