using System.Net;

namespace Modular.Tenancy.Networks;

internal sealed record BadNetworks(string Reason) : Fault(Reason)
{
    public override string? Field => "networks";
}

internal sealed record LocksYouOut(IPAddress Address) : Fault($"You come from {Address}, which is in none of these networks: this would lock you out. Add your own network to them.")
{
    public override int Status => 409;

    public override string? Field => "networks";
}
