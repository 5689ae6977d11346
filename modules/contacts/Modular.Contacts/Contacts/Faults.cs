namespace Modular.Contacts;

internal sealed record AddressRefused(string Why) : Fault(Why)
{
    public override string Field => "email";
}

internal sealed record AddressTaken() : Fault("Another contact has this address.")
{
    public override int Status => 409;

    public override string Field => "email";
}

internal sealed record OptOutStands(string Current) : Fault($"The contact is {Current}: who opted out or complained cannot be made active again from here.")
{
    public override int Status => 409;

    public override string Field => "status";
}

internal sealed record StatusRefused() : Fault("A status can be set to active (from bounced) or unsubscribed. Bounced and complained come from the mail itself.")
{
    public override string Field => "status";
}

internal sealed record ChangedMeanwhile() : Fault("Someone else changed the contact at the same moment: read it again.")
{
    public override int Status => 409;
}
