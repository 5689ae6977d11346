using Modular.Tenancy;

namespace Modular.Contacts.Tests;

/// <summary>One tenant whose state and limits the test sets.</summary>
internal sealed class PlayedTenancy(TenantId tenant) : ITenantDirectory, IQuotas
{
    public bool IsActive { get; set; } = true;

    public Quota Quota { get; set; } = Quota.None;

    public ValueTask<IReadOnlyList<TenantId>> ActiveAsync(CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<TenantId>>(IsActive ? [tenant] : []);

    public ValueTask<Quota> FindAsync(TenantId tenant, CancellationToken ct) => ValueTask.FromResult(Quota);

    public ValueTask<int> TakeMailsAsync(TenantId tenant, int wanted, CancellationToken ct) => ValueTask.FromResult(wanted);

    public ValueTask GiveMailsBackAsync(TenantId tenant, int unused, CancellationToken ct) => ValueTask.CompletedTask;
}
