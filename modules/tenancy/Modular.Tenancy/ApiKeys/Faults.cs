namespace Modular.Tenancy.ApiKeys;

internal sealed record BadKeyName() : Fault("Give the key a name of 1 to 100 characters that says what uses it, such as crm-import.")
{
    public override string? Field => "name";
}

internal sealed record KeyNameTaken(string Name) : Fault($"A key '{Name}' is in force already, or there are {KeyRegister.MostPerTenant} of them. Choose another name, or revoke one first.")
{
    public override int Status => 409;

    public override string? Field => "name";
}

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

internal sealed record BadOverlap() : Fault($"The secret before stays good for 0 to {Overlap.Longest.TotalHours:0} hours.")
{
    public override string? Field => "overlap";
}

internal sealed record BadExpiry() : Fault($"1 to {Expiry.LongestDays} days, or nothing for what does not expire.")
{
    public override string? Field => "expires";
}
