namespace Modular.Tenancy.Keys;

internal sealed record RotationRunning(string Slug) : Fault($"The data of '{Slug}' is still being sealed with the key of an earlier rotation. See: modular key status")
{
    public override int Status => 409;
}

internal sealed record NotDeactivated(string Slug) : Fault($"'{Slug}' is not deactivated, so its keys stay. First: modular tenant deactivate {Slug}")
{
    public override int Status => 409;
}

internal sealed record NotConfirmed(string Slug) : Fault($"What was typed is not '{Slug}'; nothing was destroyed.");
