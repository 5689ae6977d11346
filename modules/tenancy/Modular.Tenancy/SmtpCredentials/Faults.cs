namespace Modular.Tenancy.SmtpCredentials;

internal sealed record BadCredentialName() : Fault("Give the credential a name of 1 to 100 characters that says what uses it, such as web-shop.")
{
    public override string? Field => "name";
}

internal sealed record CredentialNameTaken(string Name) : Fault($"A credential '{Name}' is in force already, or there are {SmtpRegister.MostPerTenant} of them. Choose another name, or revoke one first.")
{
    public override int Status => 409;

    public override string? Field => "name";
}

internal sealed record BadDomain(string Word) : Fault($"'{Word}' is no domain. Write sending domains such as shop.example.com, or nothing for all of them.")
{
    public override string? Field => "domains";
}

internal sealed record TooManyDomains(int Most) : Fault($"At most {Most} domains.")
{
    public override string? Field => "domains";
}
