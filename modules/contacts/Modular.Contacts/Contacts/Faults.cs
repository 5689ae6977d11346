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

internal sealed record AddressOutside() : Fault("A contact has this address already, on lists that your role does not reach. Ask somebody who reaches them to put it on one of yours.")
{
    public override int Status => 409;

    public override string Field => "email";
}

internal sealed record ListNeeded() : Fault("Your role reaches chosen lists only, so a new contact has to join at least one of them: name it in lists.")
{
    public override string Field => "lists";
}

internal sealed record OnOtherLists() : Fault("The contact is also on lists that your role does not reach, so it is not yours to delete. Take it off your own lists instead.")
{
    public override int Status => 409;
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
