using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Modular.Delivery.Queue;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Client;

namespace Modular.Delivery.Outbound;

/// <summary>
/// One SMTP session of a lane. In its steady state one write carries the final dot of a message and the envelope of the next; while the outcome is being
/// committed, the next message is written, signed and sent, all but its dot.
/// </summary>
internal sealed partial class LaneConnection(Lane lane, Composer composer, MessageWriter writer, Verdict verdict, TimeSpan backOffDelay, TimeProvider time, ILogger log)
{
    /// <summary>What stands around the text and the HTML, about; the size that is declared may be an estimate (RFC 1870 §6.1).</summary>
    private const int HeaderBytes = 2048;

    /// <summary>A session that has nothing to say for longer is ended, and opened anew when its time has come.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(2);

    private readonly ArrayBufferWriter<byte> _message = new(32 * 1024);
    private readonly ArrayBufferWriter<byte> _signature = new(1024);

    /// <summary>The next message, while it waits for its turn at this destination.</summary>
    private Ready? _kept;

    /// <summary>Sends until there is nothing to send, the session ends, or <paramref name="stopping"/> says to begin no further message.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        OpenConnection open;
        try
        {
            open = await lane.Route.ConnectAsync(null, stopping);
        }
        catch (SmtpException fault)
        {
            if (!stopping.IsCancellationRequested) lane.BackOff(time.GetUtcNow(), backOffDelay, FarWords.Clean(fault.Message));
            return;
        }
        await using (open.Smtp)
        {
            try
            {
                await SendAsync(open, stopping);
            }
            finally
            {
                if (_kept is { } kept) await ReturnAsync(kept);
            }
            await open.Smtp.QuitAsync(CancellationToken.None);
        }
    }

    private async Task SendAsync(OpenConnection open, CancellationToken stopping)
    {
        var pipeline = open.Smtp.Pipeline;
        UnderWay? previous = null;
        for (var count = 0; ;)
        {
            var mayBegin = pipeline.IsUsable && count < (lane.Shape.MaxMessagesPerConnection ?? lane.Route.MaxMessagesPerConnection) && !stopping.IsCancellationRequested;
            var next = mayBegin ? await NextAsync(mayWait: previous is null, stopping) : null;
            if (next is null && previous is null) return;
            if (next is not null && (IsHalted(next.Recipient, out var unwanted) || (unwanted = await composer.RecheckAsync(next, stopping)) is not null))
            {
                _ = next.Recipient.Queue.CommitAsync(unwanted, null);
                continue;
            }

            var start = time.GetTimestamp();
            var step = await pipeline.StepAsync(next is null ? null : EnvelopeOf(next), CancellationToken.None);
            var settled = previous is null ? null : Settle(previous, step.Previous ?? Unknown(), open);
            if (next is null)
            {
                if (!await IsCommittedAsync(settled)) return;
                previous = null;
                continue;
            }

            if (step.Decided is { } decided)
            {
                if (!await IsCommittedAsync(settled)) return;
                previous = null;
                if (IsOfTheSession(decided) && count > 0)
                {
                    await ReturnAsync(next);
                    if (decided is SmtpOutcome.Refused { Reply: var farewell }) lane.BackOff(time.GetUtcNow(), backOffDelay, FarWords.Clean(farewell.ToString()));
                }
                else await next.Recipient.Queue.CommitAsync(Settle(new UnderWay(next, start), decided, open), null);
                continue;
            }

            count++;
            var mayEnd = MayEndAsync(settled, next.Recipient);
            if (!TryWrite(next, out var fault))
            {
                await mayEnd.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await next.Recipient.Queue.CommitAsync(Verdict.Skipped(next.Recipient, "the message cannot be written: " + fault), null);
                return; // the server waits for content that there is not: only hanging up is left
            }
            pipeline.Write(_signature.WrittenSpan);
            pipeline.Write(_message.WrittenSpan);
            try
            {
                await pipeline.HoldAsync(mayEnd, CancellationToken.None);
                if (!pipeline.IsUsable) await mayEnd.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the intent stands before its outcome
                previous = new UnderWay(next, start);
            }
            catch (MustNotEndException halt)
            {
                if (halt.Outcome is not null) await next.Recipient.Queue.CommitAsync(halt.Outcome, null);
                return;
            }
        }
    }

    /// <summary>Lost, or told to go, before this message had said more than its sender: nothing of it was judged.</summary>
    private static bool IsOfTheSession(SmtpOutcome outcome) => outcome is SmtpOutcome.NotSent or SmtpOutcome.Refused { Stage: SmtpStage.Sender or SmtpStage.Reset, Reply.ClosesConnection: true };

    /// <returns>False: the outcome belongs to another process now, so this session must accept nothing more.</returns>
    private static async ValueTask<bool> IsCommittedAsync(Outcome? outcome) =>
        outcome is null || (await outcome.Message.Queue.CommitAsync(outcome, null)).IsHeld;

    /// <summary>Completes when the previous outcome and this intent are on disk; fails when this message may not be finished after all.</summary>
    private async Task MayEndAsync(Outcome? previous, Claimed next)
    {
        CommitResult result;
        if (previous is null || previous.Message.Queue == next.Queue)
        {
            result = await next.Queue.CommitAsync(previous, next);
        }
        else
        {
            var before = previous.Message.Queue.CommitAsync(previous, null);
            result = await next.Queue.CommitAsync(null, next);
            if (!(await before).IsHeld) throw new MustNotEndException(Verdict.Released(next, time.GetUtcNow()));
        }
        if (!result.IsHeld) throw new MustNotEndException(null);
        if (result.Halted.TryGetValue(next.CampaignId, out var state) && next.TestTo is null)
        {
            throw new MustNotEndException(Verdict.Halted(next, state, time.GetUtcNow()));
        }
        DeliveryMetrics.Started(time.GetUtcNow() - next.QueuedAt);
    }

    /// <summary>Paused or cancelled a moment ago: not begun at all, so that the session need not be cut before a dot.</summary>
    private bool IsHalted(Claimed message, [NotNullWhen(true)] out Outcome? halted)
    {
        halted = message.TestTo is null && message.Queue.Halted.TryGetValue(message.CampaignId, out var state) ? Verdict.Halted(message, state, time.GetUtcNow()) : null;
        return halted is not null;
    }

    private Outcome Settle(UnderWay message, SmtpOutcome outcome, OpenConnection open)
    {
        var now = time.GetUtcNow();
        if (outcome is SmtpOutcome.Accepted or SmtpOutcome.Refused) lane.Moved(outcome is SmtpOutcome.Accepted);
        if (outcome is SmtpOutcome.Refused { Reply: { ClosesConnection: true } reply }) lane.BackOff(now, backOffDelay, FarWords.Clean(reply.ToString()));
        else if (outcome is SmtpOutcome.Refused { Reply: { IsTransient: true, Status.Subject: 7 or 3 } }) lane.SlowDown();
        if (outcome is SmtpOutcome.Ambiguous { Cause: var cause }) LogAmbiguous(message.Ready.Recipient.Tenant, message.Ready.Recipient.CampaignId, message.Ready.Recipient.RecipientId, open.Server, cause.Message);
        DeliveryMetrics.Settled(outcome.GetType().Name);
        var settled = verdict.Of(message.Ready.Recipient, outcome, open.Server, message.Ready.To, time.GetElapsedTime(message.Start), now, Random.Shared.NextDouble());
        return settled with
        {
            Words = settled.Words + open.Privacy,
            IsRelayReported = settled.State is DeliveryState.Delivered && message.Ready.Asked is { Of: var of } && of.Notify.HasFlag(DsnNotify.Success) && !open.Smtp.Capabilities.Dsn,
        };
    }

    /// <summary>The session ended before this message had its turn: that is no attempt of it.</summary>
    private async Task ReturnAsync(Ready ready)
    {
        if (!lane.TryAdd(ready.Recipient)) await ready.Recipient.Queue.CommitAsync(Verdict.Released(ready.Recipient, time.GetUtcNow()), null);
    }

    /// <summary>
    /// Where nobody asked for anything, the report that a far side writes later need not bring the whole newsletter back; and it names the message, however it
    /// comes. What the sender of submitted mail asked for is passed on (RFC 3461 §5.2.1).
    /// </summary>
    private static OutgoingEnvelope EnvelopeOf(Ready ready)
    {
        var (bytes, is8Bit, isUtf8) = ready.Content switch
        {
            ReadyContent.Raw raw => (raw.Bytes.Length, raw.Is8Bit, raw.IsUtf8),
            ReadyContent.Composed { Message: var content } => (HeaderBytes + (content.Text.Length + content.Html.Length) * 21L / 20, false, false),
            _ => throw new InvalidOperationException("No such content."),
        };
        var envelope = new OutgoingEnvelope(ready.IsFromNobody ? "" : ready.ReturnPath, [ready.To.ToString()], bytes, is8Bit, isUtf8) { Return = DsnReturn.Headers, EnvelopeId = EnvelopeIdOf(ready) };
        return ready.Asked is not { } asked || ready.IsFromNobody ? envelope : envelope with
        {
            Return = asked.Return is DsnReturn.Unspecified ? DsnReturn.Headers : asked.Return,
            EnvelopeId = asked.EnvelopeId ?? envelope.EnvelopeId,
            Requests = [asked.Of],
        };
    }

    private static string EnvelopeIdOf(Ready ready) => Xtext.Encode(ready.ReturnPath[..ready.ReturnPath.IndexOf('@', StringComparison.Ordinal)]);

    private bool TryWrite(Ready ready, [NotNullWhen(false)] out string? fault)
    {
        _message.ResetWrittenCount();
        _signature.ResetWrittenCount();
        try
        {
            writer.Write(ready, _message, _signature);
            fault = null;
            return true;
        }
        catch (Exception e) when (e is ArgumentException or System.Security.Cryptography.CryptographicException)
        {
            fault = e.Message;
            LogUnwritable(e, ready.Recipient.Tenant, ready.Recipient.CampaignId, ready.Recipient.RecipientId);
            return false;
        }
    }

    /// <summary>The message to begin now. Null when there is none, or none may be begun yet; what waits for its turn is kept.</summary>
    private async ValueTask<Ready?> NextAsync(bool mayWait, CancellationToken stopping)
    {
        if (_kept is null && !lane.Composed.Reader.TryRead(out _kept) && mayWait) _kept = await WaitForNextAsync(stopping);
        while (_kept is not null && lane.Shape.TryBegin(time.GetUtcNow()) is var wait && wait > TimeSpan.Zero)
        {
            if (!mayWait || wait > LongestPause || stopping.IsCancellationRequested) return null; // first the previous one gets its dot
            await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        var next = _kept;
        _kept = null;
        return next;
    }

    private async ValueTask<Ready?> WaitForNextAsync(CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(IdleTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            return await lane.Composed.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static SmtpOutcome.Ambiguous Unknown() => new(new SmtpException(SmtpStage.Content, "The session ended without an outcome."));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant}, campaign {CampaignId}, recipient {RecipientId}: no answer to the final dot from {Server} ({Fault}); it is sent again and may arrive twice")]
    private partial void LogAmbiguous(TenantId tenant, long campaignId, long recipientId, string server, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tenant {Tenant}, campaign {CampaignId}, recipient {RecipientId}: the message cannot be written")]
    private partial void LogUnwritable(Exception fault, TenantId tenant, long campaignId, long recipientId);

    private sealed record UnderWay(Ready Ready, long Start);

    /// <summary>Ends the wait before the dot: paused, cancelled, or no longer ours.</summary>
    private sealed class MustNotEndException(Outcome? outcome) : Exception("This message may not be finished.")
    {
        /// <summary>What becomes of it; null when that is another process's business now.</summary>
        public Outcome? Outcome => outcome;
    }
}
