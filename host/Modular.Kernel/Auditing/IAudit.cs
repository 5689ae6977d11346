namespace Modular.Kernel.Auditing;

/// <summary>
/// Who did what in a tenant. Served by compliance, which only ever appends; in the caller's own transaction, so that a deed and its record stand or fall together.
/// The record joins the tenant's chain as the transaction's last act before it commits, so appending early holds up nobody.
/// </summary>
public interface IAudit
{
    Task AppendAsync(TenantTransaction transaction, AuditEntry entry, CancellationToken ct);
}

/// <summary>Who did what to the installation: operators' deeds, master keys, refusals that belong to no tenant. A chain of its own, in the system's tables.</summary>
public interface IInstallationAudit
{
    Task AppendAsync(SystemTransaction transaction, AuditEntry entry, CancellationToken ct);

    /// <summary>For a deed without a transaction of its own, such as one in files.</summary>
    Task RecordAsync(AuditEntry entry, CancellationToken ct);
}

/// <summary>One deed. What is personal in it (actor, address, before, after) is sealed; the rest stands in clear and is searched.</summary>
/// <param name="Actor">As in <see cref="Access.Caller.Actor"/>.</param>
/// <param name="Action">Object and past tense: <c>campaign.sent</c>, <c>import.finished</c>.</param>
/// <param name="Subject">What it was done to, as kind and id: <c>campaign/4503599</c>.</param>
/// <param name="Detail">Figures and names that help; never a recipient's address or name. Cut after 1,000 characters.</param>
public sealed record AuditEntry(string Actor, string Action, string Subject, string? Detail = null)
{
    /// <summary>From where; null takes <see cref="AuditOrigin.Current"/>, which is right wherever a request or a command is at work.</summary>
    public AuditOrigin? From { get; init; }

    /// <summary>How it was before, in words or JSON, sealed; null where there is nothing to compare. Cut after 8,000 characters.</summary>
    public string? Before { get; init; }

    /// <summary>How it is since; as <see cref="Before"/>.</summary>
    public string? After { get; init; }

    public AuditOutcome Outcome { get; init; }
}

public enum AuditOutcome
{
    Done,

    /// <summary>Someone tried and was not let.</summary>
    Refused,
}
