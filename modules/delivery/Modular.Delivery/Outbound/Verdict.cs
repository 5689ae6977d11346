using Modular.Delivery.Queue;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Client;

namespace Modular.Delivery.Outbound;

/// <summary>Turns what happened on the wire into what the ledger says. Pure: time and jitter come in.</summary>
internal sealed class Verdict(RetrySchedule schedule)
{
    public Outcome Of(Claimed message, SmtpOutcome outcome, string server, EmailAddress to, TimeSpan duration, DateTimeOffset now, double jitter) => outcome switch
    {
        SmtpOutcome.Accepted accepted => new Outcome(message, DeliveryState.Delivered, FarWords.Clean(accepted.Reply.ToString(), to))
        {
            Server = server,
            Duration = duration,
            WasTried = true,
            Status = StatusOf(accepted.Reply),
        },
        SmtpOutcome.Refused { Reply.IsPermanent: true } refused when !IsForNow(refused) => Tried(
            new Outcome(message, DeliveryState.Bounced, FarWords.Clean(refused.Reply.ToString(), to))
            {
                Status = StatusOf(refused.Reply),
                IsHard = refused.Stage is SmtpStage.Recipient or SmtpStage.Content or SmtpStage.Data && HardBounce.Is(refused.Reply),
                Event = DeliveryEventKind.Bounced,
            }, server, duration),
        SmtpOutcome.Refused refused => Again(message, DeliveryEventKind.Deferred, FarWords.Clean(refused.Reply.ToString(), to), StatusOf(refused.Reply), server, duration, now, jitter),
        SmtpOutcome.Unsuited unsuited => Tried(
            new Outcome(message, DeliveryState.Bounced, unsuited.Reason) { Status = unsuited.Status.ToString(), Event = DeliveryEventKind.Bounced }, server, duration),
        SmtpOutcome.Ambiguous ambiguous => Again(
            message, DeliveryEventKind.Ambiguous, FarWords.Clean(ambiguous.Cause.Message, to), null, server, duration, now, jitter) with
        { IsAmbiguous = true },
        SmtpOutcome.NotSent lost => Again(message, DeliveryEventKind.Deferred, FarWords.Clean(lost.Cause.Message, to), null, server, duration, now, jitter),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} is no outcome known here."),
    };

    /// <summary>A server that took as many recipients as it likes may say so with 552: the others come in their own time (RFC 5321 §4.5.3.1.10).</summary>
    private static bool IsForNow(SmtpOutcome.Refused refused) => refused is { Stage: SmtpStage.Recipient, Reply: { Code: 552, Status: { Subject: 5, Detail: 3 } or { Subject: 0 } } reply }
        && (reply.Status.Subject is 5 || reply.Text.Contains("too many", StringComparison.OrdinalIgnoreCase));

    /// <summary>For a destination that could not be reached, or whose name could not be found out.</summary>
    public Outcome Unreached(Claimed message, string words, string server, DateTimeOffset now, double jitter) =>
        Again(message, DeliveryEventKind.Deferred, FarWords.Clean(words), null, server, TimeSpan.Zero, now, jitter);

    /// <summary>Back into the queue as it came out, untried.</summary>
    public static Outcome Released(Claimed message, DateTimeOffset dueAt) => new(message, message.State, null) { DueAt = dueAt };

    /// <param name="runState">What its campaign's run says: 3 is cancelled, for good.</param>
    public static Outcome Halted(Claimed message, short runState, DateTimeOffset now) => runState is 3 ? Skipped(message, "cancelled") : Released(message, now);

    public static Outcome Skipped(Claimed message, string reason) => new(message, DeliveryState.Skipped, FarWords.Clean(reason));

    public static Outcome Suppressed(Claimed message, Suppression entry) => new(message, DeliveryState.Suppressed, FarWords.Clean(entry.InWords()));

    private Outcome Again(
        Claimed message, DeliveryEventKind kind, string words, string? status, string server, TimeSpan duration, DateTimeOffset now, double jitter) =>
        schedule.NextTry(message.QueuedAt, message.Attempts + 1, now, jitter) is { } dueAt
            ? Tried(new Outcome(message, DeliveryState.Deferred, words) { DueAt = dueAt, Status = status, Event = kind }, server, duration)
            : Tried(new Outcome(message, DeliveryState.GivenUp, words) { Status = status, Event = DeliveryEventKind.GivenUp }, server, duration);

    private static Outcome Tried(Outcome outcome, string server, TimeSpan duration) => outcome with { Server = server, Duration = duration, WasTried = true };

    private static string? StatusOf(SmtpReply reply) => reply.Status == default ? null : reply.Status.ToString();
}
