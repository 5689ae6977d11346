using Modular.Kernel.Auditing;

namespace Modular.Compliance.Auditing;

/// <inheritdoc cref="IAudit"/>
internal sealed class AuditTrail(SystemDb system, TrailWriter writer, Anchoring anchors) : IAudit, IInstallationAudit
{
    public Task AppendAsync(TenantTransaction transaction, AuditEntry entry, CancellationToken ct)
    {
        var (trail, from) = (new Trail(transaction.Tenant), entry.From ?? AuditOrigin.Current);
        transaction.BeforeCommit(stop => writer.WriteAsync(transaction.Connection, trail, entry, from, stop));
        transaction.AfterCommit(stop => anchors.AppendedAsync(trail, stop));
        return Task.CompletedTask;
    }

    public Task AppendAsync(SystemTransaction transaction, AuditEntry entry, CancellationToken ct)
    {
        var from = entry.From ?? AuditOrigin.Current;
        transaction.BeforeCommit(stop => writer.WriteAsync(transaction.Connection, Trail.Installation, entry, from, stop));
        transaction.AfterCommit(stop => anchors.AppendedAsync(Trail.Installation, stop));
        return Task.CompletedTask;
    }

    public async Task RecordAsync(AuditEntry entry, CancellationToken ct)
    {
        await using var transaction = await system.BeginAsync(ct);
        await AppendAsync(transaction, entry, ct);
        await transaction.CommitAsync(ct);
    }
}
