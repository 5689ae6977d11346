using Modular.Tenancy.Users;

namespace Modular.Tenancy.Networks;

/// <summary>The people of a tenant, with the networks that each is let in from.</summary>
internal sealed class NetworkPeople(SystemDb db, Accounts accounts)
{
    private const string List = """
        select u.user_id, u.name_sealed, coalesce(r.networks, '') as networks
          from tenancy.membership m
          join tenancy.user_account u using (user_id)
          left join tenancy.network_rule r on r.tenant_id = m.tenant_id and r.user_id = m.user_id
         where m.tenant_id = @Tenant
        """;

    public async Task<IReadOnlyList<NetworkPerson>> ListAsync(TenantId tenant, CancellationToken ct) =>
        [.. (await db.ListAsync<Row>(List, new { Tenant = tenant }, ct)).Select(r => new NetworkPerson(r.UserId, accounts.OpenName(r.UserId, r.NameSealed), r.Networks)).OrderBy(p => p.Address, StringComparer.Ordinal)];

    private sealed record Row(long UserId, byte[] NameSealed, string Networks);
}

/// <param name="Networks">As stored; empty: from anywhere.</param>
internal sealed record NetworkPerson(long UserId, string Address, string Networks);
