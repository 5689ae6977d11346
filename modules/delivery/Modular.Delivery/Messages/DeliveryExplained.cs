using System.Globalization;
using Modular.Delivery.Gateway;
using Modular.Delivery.Queue;

namespace Modular.Delivery.Messages;

/// <summary>Delivery's part of one message's life: queued, each attempt with the far side's words, and what came back.</summary>
internal sealed class DeliveryExplained(Ledger ledger) : IExplain
{
    public async Task<IReadOnlyList<ExplainedStep>> ExplainAsync(ExplainSubject subject, CancellationToken ct)
    {
        if (await ledger.FindAsync(subject.Tenant, subject.RecipientId, ct) is not { } detail) return [];
        var entry = detail.Entry;
        var steps = new List<ExplainedStep>
        {
            new(entry.QueuedAt, "delivery", "Queued as recipient " + entry.RecipientId.ToString(CultureInfo.InvariantCulture), $"Message-ID {detail.MessageId}\nreturn path <{detail.ReturnPath}>"),
        };
        steps.AddRange(detail.Attempts.Select(attempt => new ExplainedStep(attempt.At, "delivery", Sentence(attempt), attempt.Reply.Length > 0 ? attempt.Reply : null)));
        if (entry.State is DeliveryState.Suppressed or DeliveryState.Skipped)
            steps.Add(new ExplainedStep(entry.ChangedAt ?? entry.QueuedAt, "delivery", entry.State is DeliveryState.Suppressed ? "Not mailed: suppressed" : "Not mailed: skipped", entry.Reason));
        if (entry.NextTryAt is { } next) steps.Add(new ExplainedStep(next, "delivery", "Is tried again"));
        return steps;
    }

    private static string Sentence(DeliveryAttempt attempt)
    {
        var what = char.ToUpperInvariant(attempt.Outcome[0]) + attempt.Outcome[1..];
        return attempt.Server.Length is 0 ? what
            : attempt.DurationMs > 0 ? string.Create(CultureInfo.InvariantCulture, $"{what} by {attempt.Server} in {attempt.DurationMs} ms")
            : $"{what}, says {attempt.Server}";
    }
}

/// <summary>Finds a message by its recipient id, its Message-ID or its return path.</summary>
internal sealed class DeliverySubjects(Ledger ledger, SignedAddresses addresses) : IExplainSubjects
{
    public async Task<ExplainSubject?> FindAsync(TenantId tenant, string text, CancellationToken ct)
    {
        var local = text.Trim().Trim('<', '>').Split('@')[0];
        if (!long.TryParse(local, NumberStyles.None, CultureInfo.InvariantCulture, out var recipientId))
        {
            if (!addresses.TryRead(local, out var signed) || signed.Tenant != tenant) return null;
            recipientId = signed.RecipientId;
        }
        return await ledger.FindRowAsync(tenant, recipientId, ct) is { } row
            ? new ExplainSubject(tenant, row.RecipientId, row.CampaignId, row.ContactId, new EmailIndex(row.Email))
            : null;
    }
}
