namespace Modular.Delivery.Domains;

internal sealed record NoDomain(string Typed) : Fault($"\"{Typed}\" is no domain name. Give the part behind the @ of your sender address, such as news.example.com.")
{
    public override string Field => "domain";
}

internal sealed record DomainExists(string Domain) : Fault($"{Domain} is already there, with its keys. Publish those, or remove the domain first.")
{
    public override int Status => 409;

    public override string Field => "domain";
}

internal sealed record NextKeysWait(string Domain) : Fault($"New keys of {Domain} wait already. Publish their records and switch to them.")
{
    public override int Status => 409;
}

internal sealed record NoNextKeys(string Domain) : Fault($"No new keys of {Domain} wait. Make them first, and publish their records.")
{
    public override int Status => 409;
}

/// <param name="Name">What DNS was asked for.</param>
internal sealed record NotPublished(string Name, string Why) : Fault($"Nothing has changed: the TXT record at {Name} does not serve yet; {Why}. After a change DNS may need as long as the record's time to live.")
{
    public override int Status => 409;
}

internal sealed record TooManyDomains() : Fault($"A tenant has at most {SendingDomains.MaxDomains} sending domains.")
{
    public override int Status => 409;
}
