namespace Modular.Tenancy.Factors;

internal sealed record FactorNameBad() : Fault($"Give it a name of 1 to {FactorBook.LongestName} characters, so that you recognise it in the list.")
{
    public override string Field => "name";
}

internal sealed record FactorNotAdded() : Fault($"It was not added: a person has at most {FactorBook.MostPerPerson} factors, and a passkey belongs to one person.")
{
    public override int Status => 409;
}

internal sealed record LastFactor(string Tenant) : Fault($"This is your last one, and {Tenant} asks for a second factor. Add another before you remove it.")
{
    public override int Status => 409;
}

internal sealed record MemberElsewhere() : Fault("This person also works elsewhere in this installation, so only whoever runs it can reset their factors: modular user reset-factors.")
{
    public override int Status => 409;
}

internal sealed record MemberMayMore() : Fault("This person may do what you may not, so their factors are not yours to reset.")
{
    public override int Status => 403;
}
