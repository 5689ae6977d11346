using Modular.Kernel.Auditing;

namespace Modular.Compliance.Suppressing;

/// <summary>A user or a program takes an entry off the list, on record.</summary>
internal sealed class SuppressionLifting(TenantDb db, SuppressionList list, IAudit audit)
{
    /// <returns>Null when it is lifted.</returns>
    public async Task<Fault?> LiftAsync(Caller caller, EmailIndex email, CancellationToken ct)
    {
        if (await list.FindAsync(caller.Tenant, email, ct) is not { } entry) return new NotFound("entry");
        await using var tx = await db.BeginAsync(caller.Tenant, ct);
        if (!await SuppressionList.LiftAsync(tx, email, ct)) return new ComplaintStands();
        await audit.AppendAsync(tx, new AuditEntry(caller.Actor, "suppression.lifted", $"suppression/{email.Value:n}", $"{entry.Reason.Word}, {entry.Source}"), ct);
        await tx.CommitAsync(ct);
        return null;
    }
}
