namespace Modular.Mail.Reports.Aggregate;

/// <summary>A TLS report (RFC 8460 §4.4): how connections to a domain's mail servers went. Null is what the reporter left out.</summary>
public sealed record TlsReport
{
    public string? OrganizationName { get; init; }

    public string? ReportId { get; init; }

    public string? ContactInfo { get; init; }

    /// <summary>As written, in the form of RFC 3339.</summary>
    public string? StartsAt { get; init; }

    /// <summary>As written, in the form of RFC 3339.</summary>
    public string? EndsAt { get; init; }

    public required IReadOnlyList<TlsPolicy> Policies { get; init; }

    /// <summary>What it was unpacked from, the outermost first.</summary>
    public IReadOnlyList<string> Container { get; init; } = [];

    public long Succeeded => Policies.Sum(p => p.Succeeded ?? 0);

    public long Failed => Policies.Sum(p => p.Failed ?? 0);
}

/// <param name="Type">tlsa, sts or no-policy-found (RFC 8460 §4.4, policy-type), as written.</param>
/// <param name="Succeeded">Sessions.</param>
/// <param name="Failed">Sessions.</param>
public sealed record TlsPolicy(string? Type, string? Domain, long? Succeeded, long? Failed, IReadOnlyList<TlsFailure> Failures);

/// <param name="ResultType">Of RFC 8460 §4.3, such as certificate-expired.</param>
/// <param name="Sessions">How many failed so.</param>
public sealed record TlsFailure(string? ResultType, long? Sessions, string? ReceivingHost, string? SendingIp, string? ReceivingIp, string? ReasonCode);
