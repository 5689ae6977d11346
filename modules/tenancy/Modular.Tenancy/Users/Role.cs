using System.Collections.Frozen;

namespace Modular.Tenancy.Users;

/// <summary>A named set of permissions. These are built in; what a role holds is looked up at each request, never kept in a session.</summary>
internal sealed record Role(string Name, IReadOnlySet<string> Permissions)
{
    public static readonly Role Administrator = new("administrator", Kernel.Access.Permissions.All);

    public static readonly Role Marketer = new("marketer", Kernel.Access.Permissions.All.Except(
        [Kernel.Access.Permissions.ContactsExport, Kernel.Access.Permissions.DeliveryManage, Kernel.Access.Permissions.AuditRead,
         Kernel.Access.Permissions.UsersManage, Kernel.Access.Permissions.KeysManage, Kernel.Access.Permissions.SettingsManage]).ToFrozenSet(StringComparer.Ordinal));

    public static readonly Role Analyst = new("analyst", Kernel.Access.Permissions.All.Where(p => p.EndsWith(".read", StringComparison.Ordinal) && p != Kernel.Access.Permissions.AuditRead)
        .ToFrozenSet(StringComparer.Ordinal));

    private static readonly FrozenDictionary<string, Role> ByName = new[] { Administrator, Marketer, Analyst }.ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => ByName.Keys.Order(StringComparer.Ordinal);

    /// <summary>Null when no role has this name: whoever holds it may do nothing.</summary>
    public static Role? Find(string name) => ByName.GetValueOrDefault(name);
}
