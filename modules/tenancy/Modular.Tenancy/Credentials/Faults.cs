using Modular.Kernel.Web;

namespace Modular.Tenancy.Credentials;

internal sealed record BadCredentialName(CredentialKind Kind) : Fault($"Give the {Kind.Noun} a name of 1 to 100 characters that says what uses it, such as {Kind.Example}.")
{
    public override string? Field => "name";
}

internal sealed record CredentialNameTaken(CredentialKind Kind, string Name) : Fault($"The {Kind.Noun} '{Name}' is in force already, or there are {CredentialRegister.MostPerTenant} of them. Choose another name, or revoke one first.")
{
    public override int Status => 409;

    public override string? Field => "name";
}

internal sealed record WiderThanYours(NetworkList Yours) : Fault($"Your own key is taken from {Yours} alone, so name networks within these.")
{
    public override int Status => 403;

    public override string? Field => "networks";
}

internal sealed record LongerThanYours(DateTimeOffset End) : Fault($"Your own key ends at {End:u}, and what it makes or turns ends by then.")
{
    public override int Status => 403;

    public override string? Field => "expires";
}

internal sealed record BadOverlap() : Fault($"The secret before stays good for 0 to {Overlap.Longest.TotalHours:0} hours.")
{
    public override string? Field => "overlap";
}

internal sealed record BadExpiry() : Fault($"1 to {Expiry.LongestDays} days, or nothing for what does not expire.")
{
    public override string? Field => "expires";
}
