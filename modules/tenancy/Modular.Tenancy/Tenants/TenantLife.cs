using Modular.Kernel.Auditing;

namespace Modular.Tenancy.Tenants;

/// <summary>Suspends, resumes and deactivates. Every process sees it within <see cref="TenantBook.Freshness"/>, and each door and worker asks the book.</summary>
internal sealed class TenantLife(SystemDb db, TenantDb tenants, TenantBook book, IAudit audit, IInstallationAudit installation, TimeProvider time)
{
    public const int LongestReason = 500;

    private const string Move = """
        update tenancy.tenant
           set state = @To, state_reason = @Reason, state_since = @Now
         where tenant_id = @Tenant
           and state = any(@From)
        """;

    /// <summary>A pause. Whoever is suspended already gets the new reason.</summary>
    public Task<Result<Tenant>> SuspendAsync(string slug, string reason, string actor, CancellationToken ct) =>
        MoveAsync(slug, TenantState.Suspended, [TenantState.Active, TenantState.Suspended], reason, actor, ct);

    /// <summary>The way to the end. It can be taken back until the keys are destroyed.</summary>
    public Task<Result<Tenant>> DeactivateAsync(string slug, string reason, string actor, CancellationToken ct) =>
        MoveAsync(slug, TenantState.Deactivated, [TenantState.Active, TenantState.Suspended, TenantState.Deactivated], reason, actor, ct);

    public Task<Result<Tenant>> ResumeAsync(string slug, string actor, CancellationToken ct) =>
        MoveAsync(slug, TenantState.Active, [TenantState.Suspended, TenantState.Deactivated, TenantState.Active], null, actor, ct);

    private async Task<Result<Tenant>> MoveAsync(string slug, TenantState to, TenantState[] from, string? reason, string actor, CancellationToken ct)
    {
        if (reason is not null && string.IsNullOrWhiteSpace(reason) || reason is { Length: > LongestReason }) return new BadReason(LongestReason);
        if (await book.FindAsync(slug, ct) is not { } tenant) return new UnknownTenant(slug);
        if (tenant.State == to && tenant.Reason == reason) return tenant;   // said twice

        var entry = new AuditEntry(actor, "tenant." + (to is TenantState.Active ? "resumed" : to.Word()), "tenant/" + tenant.Id, reason is null ? slug : $"{slug}: {reason}") { Before = tenant.State.Word(), After = to.Word() };
        var now = time.GetUtcNow();
        if (tenant.State is TenantState.Shredded) return new KeysGone(slug);
        // In the tenant's own room first: a crash in between leaves its campaigns paused and its doors open, never the other way round.
        await RecordAsync(tenant.Id, entry, to is TenantState.Deactivated ? new TenantDeactivated(tenant.Id, now) : null, ct);
        await using (var tx = await db.BeginAsync(ct))
        {
            if (await tx.RunAsync(Move, new { To = to.Word(), Reason = reason, Now = now, Tenant = tenant.Id, From = from.Select(s => s.Word()).ToArray() }, ct) == 0) return new KeysGone(slug);
            await installation.AppendAsync(tx, entry, ct);
            await tx.CommitAsync(ct);
        }
        book.Forget();
        return tenant with { State = to, Reason = reason, Since = now };
    }

    private async Task RecordAsync(TenantId tenant, AuditEntry entry, TenantDeactivated? told, CancellationToken ct)
    {
        await using var tx = await tenants.BeginAsync(tenant, ct);
        await audit.AppendAsync(tx, entry, ct);
        if (told is not null) await tx.TellAsync([told], ct);
        await tx.CommitAsync(ct);
    }
}
