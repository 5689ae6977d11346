namespace Modular.Mail.Reports.Aggregate;

/// <summary>What a report is of.</summary>
public enum DomainReportKind
{
    /// <summary>RFC 9990, RFC 7489.</summary>
    Dmarc,

    /// <summary>RFC 8460.</summary>
    Tls,
}

/// <summary>The reports that a mail or file held about one of our domains.</summary>
/// <param name="Kind">What it is, or claims to be when it is unusable.</param>
/// <param name="Refusal">Why nothing could be had from it; null when something could.</param>
public sealed record DomainReports(DomainReportKind Kind, IReadOnlyList<DmarcReport> Dmarc, IReadOnlyList<TlsReport> Tls, string? Refusal)
{
    public bool IsUsable => Dmarc.Count + Tls.Count > 0;
}
