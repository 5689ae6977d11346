using Modular.Tenancy.Users;

namespace Modular.Tenancy.OwnAccount;

internal sealed class UserSetAddressCommand(Accounts accounts, AddressChange change) : ICommand
{
    public string Name => "user set-address";

    public string Usage => "ADDRESS NEW-ADDRESS";

    public string Summary => "Have a person sign in with another address, and end their sessions";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var before, var after]) return line.Refuse(this, "name the address and the new one");
        if (!EmailAddress.TryParse(before, out var name, out var reason)) return line.Refuse(this, reason);
        if (!EmailAddress.TryParse(after, out var wanted, out reason)) return line.Refuse(this, reason);
        if (await accounts.FindAsync(name, ct) is not { } account) return line.Fail(new UnknownUser());
        if (await change.SetAsync(account, wanted, Prompted.Actor, ct) is { } fault) return line.Fail(fault);
        line.Out.WriteLine($"{wanted.Text} signs in with the password of {name.Text}.");
        return 0;
    }
}
