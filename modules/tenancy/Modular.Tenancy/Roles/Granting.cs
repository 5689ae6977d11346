namespace Modular.Tenancy.Roles;

/// <summary>Nobody gives what they do not hold, and nobody touches a person or a role that holds more than they do.</summary>
internal static class Granting
{
    public static Fault? FaultOf(Caller granter, Role role) =>
        role.Permissions.FirstOrDefault(p => !granter.May(p)) is { } missing ? new RoleHoldsMore(role.Name, missing)
        : granter.Limits.Contain(role.Limits) ? null
        : new RoleReachesMore(role.Name);
}
