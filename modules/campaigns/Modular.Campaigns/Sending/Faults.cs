using Modular.Campaigns.Drafting;

namespace Modular.Campaigns.Sending;

internal sealed record WrongMoment(string Act, CampaignState State) : Fault($"This campaign is {State.Word()}, so it cannot be {Act}.")
{
    public override int Status => 409;
}

internal sealed record TestAddresses(string Why) : Fault(Why)
{
    public override string? Field => "to";
}
