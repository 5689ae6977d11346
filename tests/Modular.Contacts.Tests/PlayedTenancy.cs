using Modular.Tenancy;

namespace Modular.Contacts.Tests;

/// <summary>One tenant whose state and limits the test sets.</summary>
internal sealed class PlayedTenancy(TenantId tenant) : ITenantDirectory, ITenants, IQuotas
{
    public TenantState State { get; set; } = TenantState.Active;

    public Quota Quota { get; set; } = Quota.None;

    private Tenant Tenant => new(tenant, "acme", "Acme", State, DateTimeOffset.UnixEpoch);

    public ValueTask<IReadOnlyList<TenantId>> ActiveAsync(CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<TenantId>>(State is TenantState.Active ? [tenant] : []);

    ValueTask<IReadOnlyList<Tenant>> ITenants.ActiveAsync(CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<Tenant>>(State is TenantState.Active ? [Tenant] : []);

    ValueTask<IReadOnlyList<Tenant>> ITenants.AllAsync(CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<Tenant>>([Tenant]);

    ValueTask<Tenant?> ITenants.FindAsync(TenantId id, CancellationToken ct) => ValueTask.FromResult(id == tenant ? Tenant : null);

    ValueTask<Tenant?> ITenants.FindAsync(string slug, CancellationToken ct) => ValueTask.FromResult(slug == Tenant.Slug ? Tenant : null);

    public ValueTask<Quota> FindAsync(TenantId tenant, CancellationToken ct) => ValueTask.FromResult(Quota);

    public ValueTask<int> TakeMailsAsync(TenantId tenant, int wanted, CancellationToken ct) => ValueTask.FromResult(wanted);

    public ValueTask GiveMailsBackAsync(TenantId tenant, int unused, CancellationToken ct) => ValueTask.CompletedTask;
}
