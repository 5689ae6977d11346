namespace Modular.Tenancy.Invitations;

internal sealed record TooManyInvitations(int Most) : Fault($"{Most} invitations are open already. Revoke some that nobody will answer.")
{
    public override int Status => 409;
}
