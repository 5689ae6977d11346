using Modular.Tenancy.Roles;

namespace Modular.Tenancy.Users;

internal sealed record PasswordTooShort() : Fault($"A password has at least {PasswordRule.Shortest} characters. Three or four words that do not belong together are good.")
{
    public override string? Field => "password";
}

internal sealed record PasswordTooLong() : Fault($"A password has at most {PasswordRule.LongestBytes} bytes.")
{
    public override string? Field => "password";
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
