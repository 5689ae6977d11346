using Modular.Tenancy.Roles;

namespace Modular.Tenancy.Users;

internal sealed record PasswordTooShort(int Shortest) : Fault($"A password has at least {Shortest} characters. Three or four words that do not belong together are good.")
{
    public override string? Field => "password";
}

internal sealed record PasswordTooLong() : Fault($"A password has at most {PasswordRule.LongestBytes} bytes.")
{
    public override string? Field => "password";
}

internal sealed record PasswordHoldsDeniedWord(string Word) : Fault($"The tenant does not want '{Word}' in a password.")
{
    public override string? Field => "password";
}

internal sealed record PasswordIsCommon() : Fault("Guessers try this one early: it is made of well-known words, names or keys that lie side by side. Three or four words that do not belong together are good.")
{
    public override string? Field => "password";
}

internal sealed record PasswordHadBefore(int History) : Fault($"It is one of your last {History} passwords. Choose another.")
{
    public override string? Field => "password";
}

internal sealed record LinkNotGood() : Fault("This link was used already, is too old, or a newer one was sent. Ask for another.")
{
    public override int Status => 410;
}

internal sealed record BadAddress(string Reason) : Fault(Reason)
{
    public override string? Field => "address";
}

internal sealed record LastOwner() : Fault("This is the last owner. Make somebody else one first.")
{
    public override int Status => 409;

    public override string? Field => "role";
}

internal sealed record UnknownUser() : Fault("Nobody signs in with this address.")
{
    public override int Status => 404;
}

internal sealed record UnknownRole(string Name, IReadOnlyList<ListedRole> Known) : Fault($"There is no role '{Name}'. There are: {string.Join(", ", Known.Select(r => r.Role.Name))}.");

internal sealed record MemberAlready(string Slug) : Fault($"This person is a user of '{Slug}' already; nothing was changed.")
{
    public override int Status => 409;
}

internal sealed record OperatorAlready() : Fault("This person is an operator already; nothing was changed.")
{
    public override int Status => 409;
}
