using Modular.Kernel.Auditing;

namespace Modular.Compliance.Suppressing;

/// <summary>A user or a program puts addresses on the list.</summary>
internal sealed class SuppressionAdding(TenantDb db, ISealer sealer, IAudit audit, TimeProvider time)
{
    /// <param name="source">Where they come from, for a reader.</param>
    /// <returns>How many entries are new or graver than before.</returns>
    public async Task<Result<int>> AddAsync(Caller caller, IReadOnlyList<string> texts, SuppressionReason reason, string source, CancellationToken ct)
    {
        var parsed = Addresses.Parse(texts);
        if (!parsed.IsOk) return parsed.Fault;
        if (source.Contains('@', StringComparison.Ordinal)) return new SourceHoldsAddress();
        var now = time.GetUtcNow();
        await using var tx = await db.BeginAsync(caller.Tenant, ct);
        var changed = await SuppressionList.AddAsync(tx, [.. parsed.Value.Select(a => new Suppression(sealer.Index(caller.Tenant, a), reason, source, now))], ct);
        if (changed.Count > 0) await audit.AppendAsync(tx, new AuditEntry(caller.Actor, "suppression.added", $"suppression/{reason.Word}", $"{changed.Count} addresses, {source}"), ct);
        await tx.CommitAsync(ct);
        return changed.Count;
    }
}
