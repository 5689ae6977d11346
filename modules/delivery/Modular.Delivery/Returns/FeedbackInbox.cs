using Modular.Delivery.Gateway;

namespace Modular.Delivery.Returns;

/// <summary>
/// Mail to the gateway's own addresses: finds out which tenant's message a feedback report is about, whether its sender is who it says, and passes it on
/// into that tenant's inbox. Passing on twice, after a crash in between, is harmless there.
/// </summary>
internal sealed class FeedbackInbox(SystemDb db, ISealer sealer, ReturnReader reader, ReporterCheck reporters, InboundStore store, TimeProvider time)
{
    private const int BatchSize = 100, MaxAttempts = 30;
    private static readonly TimeSpan ClaimAge = TimeSpan.FromMinutes(1);

    private const string Claim = """
        update delivery.inbound set due_at = @until, attempts = attempts + 1
         where inbound_id in (select inbound_id from delivery.inbound where due_at <= @now order by due_at limit @size for update skip locked)
        returning inbound_id, kind, envelope, message, attempts
        """;

    private const string Finish = """
        update delivery.inbound i set due_at = null, verdict = f.verdict from unnest(@ids, @verdicts) as f(inbound_id, verdict) where i.inbound_id = f.inbound_id
        """;

    public async Task<int> ReadAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var rows = await db.ListAsync<Row>(Claim, new { now, until = now + ClaimAge, size = BatchSize }, ct);
        if (rows.Count is 0) return 0;
        var verdicts = await Task.WhenAll(rows.Select(row => PassOnAsync(row, ct)));
        var read = rows.Zip(verdicts).Where(item => item.Second is not null).ToList();     // the others are due again when their claim ends
        await db.RunAsync(Finish, new { ids = read.Select(item => item.First.InboundId).ToArray(), verdicts = read.Select(item => item.Second).ToArray() }, ct);
        return rows.Count;
    }

    /// <returns>What became of it; null when that cannot be told yet.</returns>
    private async Task<string?> PassOnAsync(Row row, CancellationToken ct)
    {
        if (row.Kind is not InboundKind.Feedback) return "kept";
        var content = sealer.OpenSystem(InboundStore.Purpose, row.Message);
        if (reader.FindOurs(content) is not { } ours) return "nothing in it is signed by us";
        var envelope = System.Text.Encoding.UTF8.GetString(sealer.OpenSystem(InboundStore.Purpose, row.Envelope));
        var reporter = await reporters.CheckAsync(envelope, content, ct);
        if (reporter is { IsTrusted: false, IsTemporary: true } && row.Attempts < MaxAttempts) return null;
        if (!reporter.IsTrusted) return "not believed: " + reporter.Words;
        await store.AddAsync(ours.Tenant, new InboundMail(InboundKind.Feedback, ours.RecipientId, envelope, reporter.Content) { Trust = reporter.Words });
        return "passed on to the tenant it is about: " + reporter.Words;
    }

    private sealed record Row(long InboundId, string Kind, byte[] Envelope, byte[] Message, short Attempts);
}
