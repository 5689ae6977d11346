namespace Modular.Mail.Reports.Aggregate;

/// <summary>
/// A DMARC aggregate report, of the schema of RFC 7489 (appendix C) or RFC 9990 (§3.1), or of the drafts before them. Words are as the reporter wrote them;
/// null is what it left out.
/// </summary>
public sealed record DmarcReport
{
    public string? OrgName { get; init; }

    public string? Email { get; init; }

    public string? ReportId { get; init; }

    /// <summary>Seconds since 1970, UTC.</summary>
    public long? BeginsAt { get; init; }

    /// <summary>Seconds since 1970, UTC.</summary>
    public long? EndsAt { get; init; }

    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>The domain whose policy was looked up.</summary>
    public string? Domain { get; init; }

    /// <summary>The policy asked for: none, quarantine or reject.</summary>
    public string? Policy { get; init; }

    public string? SubdomainPolicy { get; init; }

    /// <summary>For subdomains that do not exist (RFC 9989 §4.7, np).</summary>
    public string? NonexistentPolicy { get; init; }

    /// <summary>Per cent; gone from RFC 9990.</summary>
    public int? Percent { get; init; }

    public string? DkimAlignment { get; init; }

    public string? SpfAlignment { get; init; }

    public string? FailureOptions { get; init; }

    /// <summary>Of RFC 9990: y when the policy is only being tried.</summary>
    public string? Testing { get; init; }

    public required IReadOnlyList<DmarcRecord> Records { get; init; }

    /// <summary>False when the XML was damaged and this is what could still be read.</summary>
    public bool IsStrictXml { get; init; }

    /// <summary>What it was unpacked from, the outermost first, as in <c>mime application/zip</c>, <c>zip</c>.</summary>
    public IReadOnlyList<string> Container { get; init; } = [];

    public long Messages => Records.Sum(r => r.Count);

    public long Passed => Records.Where(r => r.IsPass).Sum(r => r.Count);
}

/// <summary>Mails from one address with one outcome.</summary>
public sealed record DmarcRecord
{
    public string? SourceIp { get; init; }

    /// <summary>Mails; 0 when the reporter wrote no number.</summary>
    public long Count { get; init; }

    /// <summary>What the receiver did: none, quarantine, reject, or pass (RFC 9990).</summary>
    public string? Disposition { get; init; }

    /// <summary>Whether an aligned DKIM signature passed.</summary>
    public string? Dkim { get; init; }

    /// <summary>Whether SPF passed, aligned.</summary>
    public string? Spf { get; init; }

    public string? HeaderFrom { get; init; }

    public string? EnvelopeFrom { get; init; }

    public string? EnvelopeTo { get; init; }

    public IReadOnlyList<DmarcDkimResult> DkimResults { get; init; } = [];

    public IReadOnlyList<DmarcSpfResult> SpfResults { get; init; } = [];

    public IReadOnlyList<DmarcOverride> Overrides { get; init; } = [];

    public bool IsPass => "pass".Equals(Dkim, StringComparison.OrdinalIgnoreCase) || "pass".Equals(Spf, StringComparison.OrdinalIgnoreCase);
}

public sealed record DmarcDkimResult(string? Domain, string? Selector, string? Result);

public sealed record DmarcSpfResult(string? Domain, string? Result);

/// <summary>Why the receiver did something else than the policy asks for.</summary>
public sealed record DmarcOverride(string? Type, string? Comment);
