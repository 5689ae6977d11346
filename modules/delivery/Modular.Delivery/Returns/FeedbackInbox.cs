using Microsoft.Extensions.Logging;
using Modular.Delivery.Gateway;

namespace Modular.Delivery.Returns;

/// <summary>
/// Mail to the gateway's own addresses: finds out which tenant's message a feedback report is about, whether its sender is who it says, and passes it on
/// into that tenant's inbox; keeps the figures of reports about domains. Doing either twice, after a crash in between, is harmless.
/// </summary>
internal sealed partial class FeedbackInbox(
    SystemDb db, ISealer sealer, ReturnReader reader, ReporterCheck reporters, InboundStore store, DomainReportInbox reports, TimeProvider time, ILogger<FeedbackInbox> log)
{
    private const int BatchSize = 20, MaxAttempts = 30;
    private static readonly TimeSpan ClaimAge = TimeSpan.FromMinutes(2), TroubleDelay = TimeSpan.FromMinutes(1);

    private const string Claim = """
        update delivery.inbound set due_at = @until, attempts = attempts + 1
         where inbound_id in (select inbound_id from delivery.inbound where due_at <= @now order by due_at limit @size for update skip locked)
        returning inbound_id, kind, envelope, message, attempts
        """;

    private const string Finish = """
        update delivery.inbound i set due_at = f.due_at, verdict = f.verdict from unnest(@ids, @dues, @verdicts) as f(inbound_id, due_at, verdict) where i.inbound_id = f.inbound_id
        """;

    public async Task<int> ReadAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var rows = await db.ListAsync<Row>(Claim, new { now, until = now + ClaimAge, size = BatchSize }, ct);
        if (rows.Count is 0) return 0;
        // Feedback waits for the domain name system, so all of it at once; what a report about domains unpacks to may be large, so one after the other.
        var feedback = rows.Where(row => row.Kind is InboundKind.Feedback).ToDictionary(row => row.InboundId, row => ReadAsync(row, ct));
        var verdicts = new List<string?>(rows.Count);
        foreach (var row in rows) verdicts.Add(await (feedback.TryGetValue(row.InboundId, out var begun) ? begun : ReadAsync(row, ct)));
        await db.RunAsync(Finish, new
        {
            ids = rows.Select(row => row.InboundId).ToArray(),
            dues = verdicts.Select(verdict => verdict is null ? (now + TroubleDelay).UtcDateTime : (DateTime?)null).ToArray(),
            verdicts = verdicts.ToArray(),
        }, ct);
        return rows.Count;
    }

    /// <returns>Null when it is to be tried again.</returns>
    private async Task<string?> ReadAsync(Row row, CancellationToken ct)
    {
        try
        {
            return row.Kind switch
            {
                InboundKind.Feedback => await PassOnAsync(row, ct),
                InboundKind.DomainReport => await reports.StoreAsync(sealer.OpenSystem(InboundStore.Purpose, row.Message), ct),
                _ => "kept",
            };
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogUnread(fault, row.InboundId);
            return row.Attempts < MaxAttempts ? null : "could not be read: " + fault.GetType().Name;
        }
    }

    /// <returns>What became of it; null when that cannot be told yet.</returns>
    private async Task<string?> PassOnAsync(Row row, CancellationToken ct)
    {
        var content = sealer.OpenSystem(InboundStore.Purpose, row.Message);
        if (reader.FindOurs(content) is not { } ours) return "nothing in it is signed by us";
        var envelope = System.Text.Encoding.UTF8.GetString(sealer.OpenSystem(InboundStore.Purpose, row.Envelope));
        var reporter = await reporters.CheckAsync(envelope, content, ct);
        if (reporter is { IsTrusted: false, IsTemporary: true } && row.Attempts < MaxAttempts) return null;
        if (!reporter.IsTrusted) return "not believed: " + reporter.Words;
        await store.AddAsync(ours.Tenant, new InboundMail(InboundKind.Feedback, ours.RecipientId, envelope, reporter.Content) { Trust = reporter.Words });
        return "passed on to the tenant it is about: " + reporter.Words;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Mail {InboundId} to the gateway's own addresses could not be read")]
    private partial void LogUnread(Exception fault, long inboundId);

    private sealed record Row(long InboundId, string Kind, byte[] Envelope, byte[] Message, short Attempts);
}
