namespace Modular.Mail.Dkim;

/// <summary>What a signature covers and how.</summary>
public sealed record DkimOptions
{
    public static DkimOptions Default { get; } = new();

    public DkimCanonicalization Header { get; init; } = DkimCanonicalization.Relaxed;

    public DkimCanonicalization Body { get; init; } = DkimCanonicalization.Relaxed;

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
