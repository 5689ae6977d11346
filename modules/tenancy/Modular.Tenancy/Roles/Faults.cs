namespace Modular.Tenancy.Roles;

internal sealed record RoleHoldsMore(string Role, string Permission) : Fault($"The role {Role} holds {Permission}, which you do not hold yourself.")
{
    public override int Status => 403;

    public override string? Field => "role";
}

internal sealed record PermissionNotYours(string Permission) : Fault($"You do not hold {Permission} yourself, so you cannot put it into a role or take it out of one.")
{
    public override int Status => 403;

    public override string? Field => "permissions";
}

internal sealed record RoleReachesMore(string Role) : Fault($"The role {Role} reaches lists or sending domains that yours does not.")
{
    public override int Status => 403;

    public override string? Field => "role";
}

internal sealed record LimitsNotYours() : Fault("This would reach, or took away, lists or sending domains that your own role does not reach.")
{
    public override int Status => 403;

    public override string? Field => "limits";
}

internal sealed record CannotBeLimited(IReadOnlyList<string> Permissions)
    : Fault($"A role that is limited to lists or sending domains cannot hold {string.Join(", ", Permissions)}: these concern the whole tenant. Take them out, or take the limit off.")
{
    public override string? Field => "permissions";
}

internal sealed record BuiltInReachesAll() : Fault("A built-in role is not limited. Make a role of your own for that.")
{
    public override string? Field => "limits";
}

internal sealed record TooManyLimits(int Most) : Fault($"A role can name {Most} lists and {Most} sending domains. Choose fewer, or take the limit off.")
{
    public override string? Field => "limits";
}

internal sealed record OwnerIsFixed() : Fault("The owner's role holds everything, always. Make another role instead.")
{
    public override int Status => 409;
}

internal sealed record BadRoleName() : Fault("Give the role a name of 2 to 40 letters, digits, blanks and hyphens that no other role has.")
{
    public override string? Field => "name";
}

internal sealed record TooManyRoles(int Most) : Fault($"There are {Most} roles already. Delete one that nobody has.")
{
    public override int Status => 409;
}

internal sealed record RoleInUse(string Name) : Fault($"Somebody has the role {Name}, or is invited to it. Give them another first.")
{
    public override int Status => 409;
}
