using Modular.Kernel.Auditing;

namespace Modular.Tenancy.Users;

internal sealed class OperatorCreateCommand(SystemDb db, Accounts accounts, Operators operators, IInstallationAudit audit) : ICommand
{
    public string Name => "operator create";

    public string Usage => "ADDRESS [--password-stdin] [--json]";

    public string Summary => "Let a person run the installation: tenants, yes, but no tenant's data";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var address]) return line.Refuse(this, "name one person by their address");
        if (!EmailAddress.TryParse(address, out var name, out var reason)) return line.Refuse(this, reason);
        var password = line.Has("password-stdin") ? await Prompted.PasswordAsync(ct) : null;
        if (password is not null && PasswordJudge.FaultOf(password, name) is { } weak) return line.Fail(weak);

        await using var tx = await db.BeginAsync(ct);
        var user = await accounts.EnsureAsync(tx, name, password, ct);
        if (!await operators.AddAsync(tx, user.UserId, ct)) return line.Fail(new OperatorAlready());
        await audit.AppendAsync(tx, new AuditEntry(Prompted.Actor, "operator.added", $"user/{user.UserId}"), ct);
        await tx.CommitAsync(ct);
        if (line.Has("json")) line.WriteJson(new { address = name.Text, password = user.NewPassword });
        else line.Out.WriteLine(user.NewPassword is null ? $"{name.Text} is an operator and signs in with the password they have." : $"{name.Text} is an operator and signs in with this password, shown once: {user.NewPassword}");
        return 0;
    }
}

internal sealed class OperatorListCommand(Accounts accounts, Operators operators) : ICommand
{
    public string Name => "operator list";

    public string Usage => "[--json]";

    public string Summary => "List who runs the installation";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        var all = (await operators.ListAsync(ct)).Select(o => new { address = accounts.OpenName(o.UserId, o.NameSealed), o.CreatedAt, o.SignedInAt }).ToList();
        if (line.Has("json")) line.WriteJson(all);
        else all.ForEach(o => line.Out.WriteLine(o.address));
        return 0;
    }
}

internal sealed class OperatorRemoveCommand(Accounts accounts, Operators operators, IInstallationAudit audit) : ICommand
{
    public string Name => "operator remove";

    public string Usage => "ADDRESS";

    public string Summary => "Take the installation out of a person's hands; their account and memberships stay";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var address]) return line.Refuse(this, "name one person by their address");
        if (!EmailAddress.TryParse(address, out var name, out var reason)) return line.Refuse(this, reason);
        if (await accounts.FindAsync(name, ct) is not { } account || !await operators.RemoveAsync(account.UserId, ct)) return line.Fail(new NotFound("operator"));
        await audit.RecordAsync(new AuditEntry(Prompted.Actor, "operator.removed", $"user/{account.UserId}"), ct);
        line.Out.WriteLine($"{name.Text} is no longer an operator.");
        return 0;
    }
}
