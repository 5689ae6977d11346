using System.Collections.Frozen;

namespace Modular.Tenancy.Roles;

/// <summary>A named set of permissions, and how far they reach. What a role holds is looked up at each request, never kept in a session.</summary>
internal sealed record Role(string Name, IReadOnlySet<string> Permissions)
{
    public static readonly Role Owner = new("owner", Kernel.Access.Permissions.All);

    /// <summary>Runs the tenant day by day; letting operators in is the owner's.</summary>
    public static readonly Role Administrator = AllBut("administrator", Kernel.Access.Permissions.SupportGrant);

    public static readonly Role Marketer = AllBut("marketer",
        Kernel.Access.Permissions.ContactsExport, Kernel.Access.Permissions.ContactsDelete, Kernel.Access.Permissions.DeliveryManage,
        Kernel.Access.Permissions.AuditRead, Kernel.Access.Permissions.AuditExport, Kernel.Access.Permissions.UsersManage, Kernel.Access.Permissions.RolesManage,
        Kernel.Access.Permissions.KeysManage, Kernel.Access.Permissions.SecurityManage, Kernel.Access.Permissions.SettingsManage,
        Kernel.Access.Permissions.PluginsRead, Kernel.Access.Permissions.PluginsManage, Kernel.Access.Permissions.SupportGrant);

    public static readonly Role Analyst = Of("analyst",
        Kernel.Access.Permissions.ContactsRead, Kernel.Access.Permissions.CampaignsRead, Kernel.Access.Permissions.DeliveryRead, Kernel.Access.Permissions.SuppressionRead);

    public static readonly Role DataManager = Of("data-manager",
        Kernel.Access.Permissions.ContactsRead, Kernel.Access.Permissions.ContactsEdit, Kernel.Access.Permissions.ContactsDelete, Kernel.Access.Permissions.ContactsImport,
        Kernel.Access.Permissions.ContactsExport, Kernel.Access.Permissions.ListsManage, Kernel.Access.Permissions.SuppressionRead, Kernel.Access.Permissions.SuppressionEdit);

    public static readonly Role Developer = Of("developer",
        Kernel.Access.Permissions.ContactsRead, Kernel.Access.Permissions.CampaignsRead, Kernel.Access.Permissions.CampaignsEdit, Kernel.Access.Permissions.DeliveryRead,
        Kernel.Access.Permissions.DeliveryManage, Kernel.Access.Permissions.SuppressionRead, Kernel.Access.Permissions.KeysManage,
        Kernel.Access.Permissions.PluginsRead, Kernel.Access.Permissions.PluginsManage);

    /// <summary>In the order people read them.</summary>
    public static readonly IReadOnlyList<Role> BuiltIn = [Owner, Administrator, Marketer, Analyst, DataManager, Developer];

    private static readonly FrozenDictionary<string, Role> ByName = BuiltIn.ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);

    /// <summary>A built-in role has none.</summary>
    public Limits Limits { get; private init; } = Limits.None;

    public bool IsBuiltIn => ByName.ContainsKey(Name);

    public bool IsOwner => Name == Owner.Name;

    /// <summary>As it came with the suite; null when no built-in role has this name: whoever holds it may do nothing.</summary>
    public static Role? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>As a tenant has it: what it stored under the name, or the built-in one. The owner's is never another.</summary>
    /// <param name="stored">Null when there is no row.</param>
    public static Role? Find(string name, StoredRole? stored) => stored is null || name == Owner.Name ? Find(name) : Parse(name, stored);

    /// <summary>A stored name that this build does not know gives nothing; in a limited role, neither does one that cannot be narrowed.</summary>
    public static Role Parse(string name, StoredRole stored)
    {
        var limits = ByName.ContainsKey(name) ? Limits.None : stored.Limits;
        var known = limits.Kinds == 0 ? Kernel.Access.Permissions.All : Kernel.Access.Permissions.Narrowable;
        return new Role(name, stored.PermissionNames.Where(known.Contains).ToFrozenSet(StringComparer.Ordinal)) { Limits = limits };
    }

    /// <summary>For the audit.</summary>
    public string Text
    {
        get
        {
            var stored = StoredRole.Of(Permissions, Limits);
            return stored.Permissions + (stored.Lists is null ? "" : $"; lists: {stored.Lists}") + (stored.SendingDomains is null ? "" : $"; sending domains: {stored.SendingDomains}");
        }
    }

    private static Role Of(string name, params string[] permissions) => new(name, permissions.ToFrozenSet(StringComparer.Ordinal));

    private static Role AllBut(string name, params string[] permissions) => new(name, Kernel.Access.Permissions.All.Except(permissions).ToFrozenSet(StringComparer.Ordinal));
}
