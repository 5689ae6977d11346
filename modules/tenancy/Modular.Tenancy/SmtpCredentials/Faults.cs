namespace Modular.Tenancy.SmtpCredentials;

internal sealed record BadDomain(string Word) : Fault($"'{Word}' is no domain. Write sending domains such as shop.example.com, or nothing for all of them.")
{
    public override string? Field => "domains";
}

internal sealed record TooManyDomains(int Most) : Fault($"At most {Most} domains.")
{
    public override string? Field => "domains";
}
