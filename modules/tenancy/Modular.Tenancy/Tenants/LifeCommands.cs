using Modular.Tenancy.Users;

namespace Modular.Tenancy.Tenants;

internal sealed class TenantSuspendCommand(TenantLife life) : ICommand
{
    public string Name => "tenant suspend";

    public string Usage => "SLUG --reason WORDS";

    public string Summary => "Stop a tenant's sign-ins, keys, imports and mail for a while; everything waits as it is";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("reason") is not [var slug] || line.Option("reason") is not { } reason) return line.Refuse(this, "name one tenant and say why");
        var moved = await life.SuspendAsync(slug, reason, Prompted.Actor, ct);
        if (!moved.IsOk) return line.Fail(moved.Fault);
        line.Out.WriteLine($"{slug} is suspended. To go on: modular tenant resume {slug}");
        return 0;
    }
}

internal sealed class TenantDeactivateCommand(TenantLife life) : ICommand
{
    public string Name => "tenant deactivate";

    public string Usage => "SLUG --reason WORDS";

    public string Summary => "Stop a tenant for good: as suspended, and its campaigns are paused until a person starts them again";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("reason") is not [var slug] || line.Option("reason") is not { } reason) return line.Refuse(this, "name one tenant and say why");
        var moved = await life.DeactivateAsync(slug, reason, Prompted.Actor, ct);
        if (!moved.IsOk) return line.Fail(moved.Fault);
        line.Out.WriteLine($"{slug} is deactivated. To take it back: modular tenant resume {slug}. To destroy its data: modular tenant shred {slug}");
        return 0;
    }
}

internal sealed class TenantResumeCommand(TenantLife life) : ICommand
{
    public string Name => "tenant resume";

    public string Usage => "SLUG";

    public string Summary => "Let a suspended or deactivated tenant work again";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug]) return line.Refuse(this, "name one tenant");
        var moved = await life.ResumeAsync(slug, Prompted.Actor, ct);
        if (!moved.IsOk) return line.Fail(moved.Fault);
        line.Out.WriteLine($"{slug} is active.");
        return 0;
    }
}
