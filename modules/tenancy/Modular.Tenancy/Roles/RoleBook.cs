using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Roles;

/// <summary>A tenant's roles: the built-in ones, as they came or as the tenant changed them, and its own.</summary>
internal sealed class RoleBook(SystemDb db, Memberships memberships, TimeProvider time)
{
    public const int MostPerTenant = 100;

    private const string Stored = "select name, permissions, lists, sending_domains from tenancy.role where tenant_id = @Tenant order by name";

    private const string Find = "select permissions, lists, sending_domains from tenancy.role where tenant_id = @Tenant and name = @Name";

    private const string Save = """
        insert into tenancy.role (tenant_id, name, permissions, lists, sending_domains, changed_at)
        select @Tenant, @Name, @Permissions, @Lists, @SendingDomains, @Now
         where (select count(*) from tenancy.role where tenant_id = @Tenant and name <> @Name) < @Most
        on conflict (tenant_id, name) do update
           set permissions = excluded.permissions, lists = excluded.lists, sending_domains = excluded.sending_domains, changed_at = excluded.changed_at
        """;

    private const string Delete = """
        delete from tenancy.role
         where tenant_id = @Tenant and name = @Name
           and (@IsBuiltIn   -- goes back to what it was
                or not exists (select from tenancy.membership where tenant_id = @Tenant and role = @Name)
               and not exists (select from tenancy.invitation where tenant_id = @Tenant and role = @Name and accepted_at is null and revoked_at is null and expires_at > @Now))
        """;

    private const string Counts = "select role as name, count(*) as members from tenancy.membership where tenant_id = @Tenant group by role";

    public async Task<IReadOnlyList<ListedRole>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        var stored = (await db.ListAsync<Row>(Stored, new { Tenant = tenant }, ct)).ToDictionary(r => r.Name, r => new StoredRole(r.Permissions, r.Lists, r.SendingDomains), StringComparer.Ordinal);
        var counts = (await db.ListAsync<(string Name, long Members)>(Counts, new { Tenant = tenant }, ct)).ToDictionary(r => r.Name, r => r.Members, StringComparer.Ordinal);
        var builtIn = Role.BuiltIn.Select(r => new ListedRole(Role.Find(r.Name, stored.GetValueOrDefault(r.Name))!, counts.GetValueOrDefault(r.Name), IsChanged: !r.IsOwner && stored.ContainsKey(r.Name)));   // built-in roles are always found
        var own = stored.Where(r => Role.Find(r.Key) is null).Select(r => new ListedRole(Role.Parse(r.Key, r.Value), counts.GetValueOrDefault(r.Key), IsChanged: false));
        return [.. builtIn, .. own.OrderBy(r => r.Role.Name, StringComparer.OrdinalIgnoreCase)];
    }

    public async Task<Role?> FindAsync(TenantId tenant, string name, CancellationToken ct) =>
        Role.Find(name, await db.FindAsync<StoredRole>(Find, new { Tenant = tenant, Name = name }, ct));

    /// <summary>Makes a role, or changes one. What the caller does not hold or reach they can neither put in nor take out, so a role that holds more than they do is out of their reach.</summary>
    public async Task<Fault?> SaveAsync(Caller caller, string name, IReadOnlySet<string> permissions, Limits limits, bool isNew, CancellationToken ct)
    {
        if (name == Role.Owner.Name) return new OwnerIsFixed();
        if (name.Length is < 2 or > 40 || name.Trim() != name || !name.All(c => char.IsLetterOrDigit(c) || c is ' ' or '-')) return new BadRoleName();
        var before = await FindAsync(caller.Tenant, name, ct);
        if (isNew == before is not null) return isNew ? new BadRoleName() : new NotFound("role");
        var touched = before is null ? permissions : permissions.Union(before.Permissions);   // also those that stay: who holds less has no business with the role
        if (touched.FirstOrDefault(p => !Permissions.All.Contains(p) || !caller.May(p)) is { } missing) return new PermissionNotYours(missing);
        if (FaultOf(caller, name, permissions, before?.Limits ?? limits, limits) is { } unlimited) return unlimited;
        var stored = StoredRole.Of(permissions, limits);
        var row = new { caller.Tenant, Name = name, stored.Permissions, stored.Lists, stored.SendingDomains, Now = time.GetUtcNow(), Most = MostPerTenant };
        if (await db.RunAsync(Save, row, ct) == 0) return new TooManyRoles(MostPerTenant);
        memberships.Forget();
        return null;
    }

    /// <summary>Deletes a role of the tenant's own, or sets a built-in one back to what it was.</summary>
    public async Task<Fault?> DeleteAsync(Caller caller, string name, CancellationToken ct)
    {
        if (await FindAsync(caller.Tenant, name, ct) is not { } role) return new NotFound("role");
        var touched = role.Permissions.Union(Role.Find(name)?.Permissions ?? Enumerable.Empty<string>());
        if (touched.FirstOrDefault(p => !caller.May(p)) is { } missing) return new PermissionNotYours(missing);
        if (!caller.Limits.Contain(role.Limits)) return new LimitsNotYours();
        if (await db.RunAsync(Delete, new { caller.Tenant, Name = name, role.IsBuiltIn, Now = time.GetUtcNow() }, ct) == 0) return role.IsBuiltIn ? null : new RoleInUse(name);
        memberships.Forget();
        return null;
    }

    private static Fault? FaultOf(Caller caller, string name, IReadOnlySet<string> permissions, Limits before, Limits limits)
    {
        if (!caller.Limits.Contain(limits) || !caller.Limits.Contain(before)) return new LimitsNotYours();
        if (limits.Kinds == 0) return null;
        if (Role.Find(name) is not null) return new BuiltInReachesAll();
        if (limits.Lists?.Count > ILimitChoices.Most || limits.SendingDomains?.Count > ILimitChoices.Most) return new TooManyLimits(ILimitChoices.Most);
        return permissions.Where(p => !Permissions.Narrowable.Contains(p)).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } whole ? new CannotBeLimited(whole) : null;
    }

    private sealed record Row(string Name, string Permissions, string? Lists, string? SendingDomains);
}

/// <param name="IsChanged">A built-in role that the tenant has made another.</param>
internal sealed record ListedRole(Role Role, long Members, bool IsChanged);
