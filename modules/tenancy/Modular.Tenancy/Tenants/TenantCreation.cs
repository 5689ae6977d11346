using Modular.Kernel.Auditing;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Tenants;

/// <summary>
/// Makes a tenant: its room, its administrator, its first API key. The word is taken first, as <c>creating</c>, which nobody sees; the room is made;
/// and one transaction makes the rest and the tenant visible. Cut off in between, the same call goes on where it stopped.
/// </summary>
internal sealed class TenantCreation(SystemDb db, ITenantProvisioning rooms, TenantBook book, Accounts accounts, KeyRegister keys, Deeds deeds, TimeProvider time)
{
    private const string TakeSlug = """
        insert into tenancy.tenant (tenant_id, slug, name, state, created_at)
        values (@Id, @Slug, @Name, 'creating', @Now)
        on conflict (slug) do update set name = excluded.name
         where tenant.state = 'creating'   -- an earlier attempt was cut off: go on with it
        returning tenant_id
        """;

    private const string Open = "update tenancy.tenant set state = 'active', created_at = @Now where tenant_id = @Id and state = 'creating'";

    /// <param name="password">The administrator's; null makes one.</param>
    public async Task<Result<CreatedTenant>> CreateAsync(string slug, string name, EmailAddress administrator, string? password, string actor, CancellationToken ct)
    {
        if (!Slug.TryParse(slug, out var fault)) return fault;
        if (name.Length is 0 or > 100) return new BadName();
        if (password is not null && PasswordJudge.FaultOf(password, administrator) is { } weak) return weak;

        var now = time.GetUtcNow();
        if (await db.FindAsync<TenantId?>(TakeSlug, new { Id = TenantId.NewRandom(), Slug = slug, Name = name, Now = now }, ct) is not { } id) return new SlugTaken(slug);
        await rooms.ProvisionAsync(id, ct);

        await using var tx = await db.BeginAsync(ct);
        if (await tx.RunAsync(Open, new { Id = id, Now = now }, ct) == 0) return new SlugTaken(slug);
        var user = await accounts.EnsureAsync(tx, administrator, password, ct);
        await accounts.JoinAsync(tx, user.UserId, id, Role.Owner, ct);
        var key = await keys.AddAsync(tx, id, "administrator", Permissions.All, ct);
        await tx.CommitAsync(ct);
        book.Forget();
        foreach (var trail in (TenantId?[])[id, null]) await deeds.RecordAsync(trail, new AuditEntry(actor, "tenant.created", "tenant/" + id, slug), ct);
        return new CreatedTenant(new Tenant(id, slug, name, TenantState.Active, now), administrator, user.NewPassword, key.Secret);
    }
}

/// <param name="Password">Shown once; null when this person signs in to another tenant already, with the password they have.</param>
/// <param name="Key">Shown once.</param>
internal sealed record CreatedTenant(Tenant Tenant, EmailAddress Administrator, string? Password, string Key);
