using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Delivery.Queue;
using Modular.Delivery.Submission;
using Modular.Mail.Mime;

namespace Modular.Delivery.Outbound;

/// <summary>Turns waiting recipients into messages, a batch at a time, a little ahead of the connections. Looks at the suppression list once more, because days can lie between queueing and this moment.</summary>
internal sealed partial class Composer(
    IMessageSource source, SubmittedMails submitted, ISuppressionList suppressions, Signers signers, MessageWriter writer, SendSignal signal, IOptions<DeliverySettings> settings, TimeProvider time,
    ILogger<Composer> log)
{
    private const int BatchSize = 100;
    private static readonly TimeSpan TroubleDelay = TimeSpan.FromSeconds(15);

    /// <summary>Composes until nobody waits in the lane.</summary>
    public async Task RunAsync(Lane lane, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested && lane.Take(BatchSize) is { Count: > 0 } batch)
        {
            if (lane.Waiting(batch[0].Tenant) < settings.Value.Sending.BatchSize) signal.Wake(batch[0].Tenant);
            if (batch[0].CampaignId is SubmittedTable.NoCampaign) await PassOnAsync(batch, lane, ct);
            else foreach (var ready in await ComposeAsync(batch, ct)) await lane.Composed.Writer.WriteAsync(ready, ct);
        }
    }

    /// <summary>Mail that came to us whole. Who was not handed to the lane when something failed is tried again.</summary>
    private async Task PassOnAsync(List<Claimed> batch, Lane lane, CancellationToken ct)
    {
        var open = batch.ToHashSet();
        try
        {
            await foreach (var ready in submitted.ComposeAsync(batch, message => open.Remove(message), ct))
            {
                open.Remove(ready.Recipient);
                await lane.Composed.Writer.WriteAsync(ready, ct);
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Release(open, fault);
        }
    }

    private async Task<IReadOnlyList<Ready>> ComposeAsync(List<Claimed> batch, CancellationToken ct)
    {
        var (tenant, campaignId, queue) = (batch[0].Tenant, batch[0].CampaignId, batch[0].Queue);
        var checkedAt = time.GetTimestamp();
        try
        {
            var suppressed = await suppressions.FindAsync(tenant, [.. batch.Where(message => message.TestTo is null).Select(message => message.Email)], ct);
            var wanted = new List<Claimed>(batch.Count);
            foreach (var message in batch)
            {
                if (message.TestTo is null && suppressed.TryGetValue(message.Email, out var entry)) _ = queue.CommitAsync(Verdict.Suppressed(message, entry), null);
                else wanted.Add(message);
            }
            var composed = await source.ComposeAsync(tenant, campaignId, wanted.ConvertAll(message => new ComposeRequest(message.RecipientId, message.ContactId, message.TestTo)), ct);
            return await JudgeAsync(wanted, composed, checkedAt, ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Release(batch, fault);
            return [];
        }
    }

    /// <summary>Asks the suppression list again about a message that has waited for its connection: who left in the meantime gets no more.</summary>
    /// <returns>Null when it is to be sent.</returns>
    public async ValueTask<Outcome?> RecheckAsync(Ready ready, CancellationToken ct)
    {
        if (ready.CheckedAt is not { } checkedAt || time.GetElapsedTime(checkedAt) < settings.Value.Sending.RecheckAge) return null;
        try
        {
            var found = await suppressions.FindAsync(ready.Recipient.Tenant, [ready.Recipient.Email], ct);
            return found.TryGetValue(ready.Recipient.Email, out var entry) ? Verdict.Suppressed(ready.Recipient, entry) : null;
        }
        catch (Exception fault)
        {
            if (fault is not OperationCanceledException) LogTrouble(fault, ready.Recipient.Tenant, ready.Recipient.CampaignId, 1);
            return Verdict.Released(ready.Recipient, time.GetUtcNow() + TroubleDelay);
        }
    }

    private void Release(IReadOnlyCollection<Claimed> batch, Exception fault)
    {
        var dueAt = time.GetUtcNow() + TroubleDelay;
        foreach (var message in batch) _ = message.Queue.CommitAsync(Verdict.Released(message, dueAt), null);
        if (batch.FirstOrDefault() is { } first) LogTrouble(fault, first.Tenant, first.CampaignId, batch.Count);
    }

    private async ValueTask<IReadOnlyList<Ready>> JudgeAsync(List<Claimed> wanted, IReadOnlyList<ComposedMessage> composed, long checkedAt, CancellationToken ct)
    {
        var ready = new List<Ready>(wanted.Count);
        for (var i = 0; i < wanted.Count; i++)
        {
            var message = wanted[i];
            if (composed[i] is not ComposedMessage.Message content)
            {
                Skip(message, ((ComposedMessage.Skipped)composed[i]).Reason);
            }
            else if (await signers.FindAsync(message.Tenant, content.Header.From, ct) is not { } pool)
            {
                Skip(message, $"{content.Header.From.Domain} is not one of this tenant's sending domains");
            }
            else if (!HeaderText.TryCreate(content.Subject, out _))
            {
                Skip(message, "the subject holds a line break or another control character, or is too long");
            }
            else
            {
                ready.Add(new Ready(message, content.To, new ReadyContent.Composed(content, writer.WriterOf(content.Header)), pool, writer.AddressOf(AddressKind.Bounce, message))
                {
                    CheckedAt = message.TestTo is null ? checkedAt : null,
                });
            }
        }
        return ready;
    }

    private static void Skip(Claimed message, string reason) => _ = message.Queue.CommitAsync(Verdict.Skipped(message, reason), null);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tenant {Tenant}, campaign {CampaignId}: {Count} messages could not be composed; they are tried again soon")]
    private partial void LogTrouble(Exception fault, TenantId tenant, long campaignId, int count);
}
