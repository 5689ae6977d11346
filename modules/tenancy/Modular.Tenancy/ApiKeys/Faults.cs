namespace Modular.Tenancy.ApiKeys;

internal sealed record NoPermissions() : Fault("Say what the key may do: at least one permission.")
{
    public override string? Field => "permissions";
}

internal sealed record UnknownPermission(string Name) : Fault($"There is no permission '{Name}'. There are: {string.Join(", ", Permissions.All.Order(StringComparer.Ordinal))}.")
{
    public override string? Field => "permissions";
}

internal sealed record NotYoursToGive(string Name) : Fault($"You do not hold {Name} yourself, so a key cannot have it from you.")
{
    public override int Status => 403;

    public override string? Field => "permissions";
}
