namespace Modular.Tenancy.SignIn;

/// <summary>The tenants that one person may go to.</summary>
internal sealed class SeatChoices(Memberships memberships, ITenants tenants) : ISeatChoices
{
    public async ValueTask<IReadOnlyList<SeatChoice>> OfAsync(Caller caller, CancellationToken ct)
    {
        if (caller.UserId is not { } userId) return [];
        var choices = new List<SeatChoice>();
        foreach (var id in (await memberships.TenantsOfAsync(userId, ct)).Where(id => id != caller.OwnTenant))
        {
            if (await tenants.FindAsync(id, ct) is { State: TenantState.Active } tenant) choices.Add(new SeatChoice(id, tenant.Name));
        }
        if (caller is { IsOperator: true, OwnTenant: not null }) choices.Add(new SeatChoice(null, "Installation"));
        return choices;
    }
}
