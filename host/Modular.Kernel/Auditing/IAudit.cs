namespace Modular.Kernel.Auditing;

/// <summary>Who did what. Served by compliance, which only ever appends; in the caller's own transaction, so that a deed and its record stand or fall together.</summary>
public interface IAudit
{
    Task AppendAsync(TenantTransaction transaction, AuditEntry entry, CancellationToken ct);
}

/// <param name="Actor">As in <see cref="Access.Caller.Actor"/>.</param>
/// <param name="Action">Object and past tense: <c>campaign.sent</c>, <c>import.finished</c>.</param>
/// <param name="Subject">What it was done to, as kind and id: <c>campaign/4503599</c>.</param>
/// <param name="Detail">Figures and names that help; never a recipient's address or name.</param>
public sealed record AuditEntry(string Actor, string Action, string Subject, string? Detail = null);
