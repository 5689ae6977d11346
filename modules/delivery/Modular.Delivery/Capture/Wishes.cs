using System.Collections.Immutable;
using Modular.Mail.Smtp;

namespace Modular.Delivery.Capture;

/// <summary>What a captured mail's recipient does after it was delivered.</summary>
internal enum Reaction
{
    /// <summary>The far side finds out later that it cannot deliver, and reports it (RFC 3464).</summary>
    LateDsn,

    /// <summary>The person reports it as spam (RFC 5965).</summary>
    Complain,
    Open,
    Click,

    /// <summary>The person's mail program unsubscribes with one click (RFC 8058).</summary>
    Unsubscribe,
}

/// <summary>
/// What a recipient's address asks the capture server to do, tag by tag behind the plus sign: <c>ann+bounce-5.1.1@</c>, <c>+defer-4.2.2</c>,
/// <c>+defer-4.2.2-always</c>, <c>+timeout</c>, <c>+late-dsn</c>, <c>+late-dsn-5.2.1</c>, <c>+complain</c>, <c>+open</c>, <c>+click</c>, <c>+unsubscribe</c>,
/// and several of the last ones in their order: <c>+open+click</c>. Other tags mean nothing.
/// </summary>
internal sealed record Wishes(EnhancedStatus? Bounce, EnhancedStatus? Deferral, bool DefersAlways, bool TimesOut, EnhancedStatus LateStatus, ImmutableArray<Reaction> Reactions)
{
    private const int MaxReactions = 8;
    private static readonly EnhancedStatus NoSuchMailbox = new(5, 1, 1);

    public static Wishes Read(string localPart)
    {
        EnhancedStatus? bounce = null, deferral = null;
        var (always, timesOut, lateStatus) = (false, false, NoSuchMailbox);
        var reactions = ImmutableArray.CreateBuilder<Reaction>();
        foreach (var tag in localPart.ToLowerInvariant().Split('+').Skip(1))
        {
            if (reactions.Count >= MaxReactions) break;
            switch (tag)
            {
                case "timeout": timesOut = true; break;
                case "complain": reactions.Add(Reaction.Complain); break;
                case "open": reactions.Add(Reaction.Open); break;
                case "click": reactions.Add(Reaction.Click); break;
                case "unsubscribe": reactions.Add(Reaction.Unsubscribe); break;
                case "late-dsn": reactions.Add(Reaction.LateDsn); break;
                case ['l', 'a', 't', 'e', '-', 'd', 's', 'n', '-', .. var status] when TryStatus(status, 5, out lateStatus): reactions.Add(Reaction.LateDsn); break;
                case ['b', 'o', 'u', 'n', 'c', 'e', '-', .. var status] when TryStatus(status, 5, out var found): bounce = found; break;
                case ['d', 'e', 'f', 'e', 'r', '-', .. var status]:
                    always = status.EndsWith("-always", StringComparison.Ordinal);
                    if (TryStatus(always ? status[..^7] : status, 4, out var later)) deferral = later;
                    break;
            }
        }
        return new Wishes(bounce, deferral, always, timesOut, lateStatus, reactions.ToImmutable());
    }

    private static bool TryStatus(string text, int wantedClass, out EnhancedStatus status)
    {
        if (EnhancedStatus.TryParse(text, out status) && status.Class == wantedClass) return true;
        status = NoSuchMailbox;
        return false;
    }
}
