namespace Modular.Mail.Dkim;

/// <summary>What a signature covers and how.</summary>
public sealed record DkimOptions
{
    public static DkimOptions Default { get; } = new();

    public DkimCanonicalization Header { get; init; } = DkimCanonicalization.Relaxed;

    public DkimCanonicalization Body { get; init; } = DkimCanonicalization.Relaxed;

    /// <summary>
    /// After this the signature no longer counts (x=, RFC 6376 §3.5); null leaves it out. It must outlive every retry and the slowest receiver:
    /// a week is little.
    /// </summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Fields that are signed when they are there (RFC 6376 §5.4.1).</summary>
    public IReadOnlyList<string> SignedFields { get; init; } =
    [
        "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "Sender", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "List-Help", "List-Owner",
        "Feedback-ID", "CFBL-Address", "CFBL-Feedback-ID", "Auto-Submitted",
    ];

    /// <summary>
    /// Fields named once more than they occur, so that one added on the way breaks the signature (RFC 6376 §5.4.2 and RFC 6376 §8.15);
    /// RFC 8058 §4 asks it of the unsubscribe pair.
    /// </summary>
    public IReadOnlyList<string> OversignedFields { get; init; } =
        ["From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post"];
}
