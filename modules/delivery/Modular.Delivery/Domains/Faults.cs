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

internal sealed record TooManyDomains() : Fault($"A tenant has at most {SendingDomains.MaxDomains} sending domains.")
{
    public override int Status => 409;
}
