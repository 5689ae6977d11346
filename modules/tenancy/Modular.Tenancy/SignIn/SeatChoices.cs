using Modular.Tenancy.Users;

namespace Modular.Tenancy.SignIn;

/// <summary>The tenants of one person, remembered like their rights.</summary>
internal sealed class SeatChoices(Accounts accounts, ITenants tenants, TimeProvider time) : ISeatChoices
{
    private readonly Remembered<long, IReadOnlyList<TenantId>> _known = new(CallerFreshness.Age, most: 10_000, time);

    public async ValueTask<IReadOnlyList<SeatChoice>> OfAsync(Caller caller, CancellationToken ct)
    {
        if (caller.UserId is not { } userId) return [];
        if (!_known.TryGet(userId, out var ids)) _known.Keep(userId, ids = await accounts.TenantsOfAsync(userId, ct));
        var choices = new List<SeatChoice>();
        foreach (var id in ids.Where(id => id != caller.OwnTenant))
        {
            if (await tenants.FindAsync(id, ct) is { State: TenantState.Active } tenant) choices.Add(new SeatChoice(id, tenant.Name));
        }
        if (caller is { IsOperator: true, OwnTenant: not null }) choices.Add(new SeatChoice(null, "Installation"));
        return choices;
    }
}
