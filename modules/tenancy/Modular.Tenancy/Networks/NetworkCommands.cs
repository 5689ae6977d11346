using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Networks;

internal sealed class NetworkListCommand(ITenants tenants, NetworkRules rules, NetworkPeople people) : ICommand
{
    public string Name => "network list";

    public string Usage => "TENANT [--json]";

    public string Summary => "Show from where a tenant lets people and programs in";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug]) return line.Refuse(this, "name one tenant");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        var everyone = (await rules.FindAsync(tenant.Id, ct)).Everyone.ToString();
        var confined = (await people.ListAsync(tenant.Id, ct)).Where(p => p.Networks.Length > 0).ToList();
        if (line.Has("json"))
        {
            line.WriteJson(new { networks = everyone, users = confined.Select(p => new { p.Address, p.Networks }) });
            return 0;
        }
        line.Out.WriteLine($"everyone  {(everyone.Length > 0 ? everyone : "from anywhere")}");
        confined.ForEach(p => line.Out.WriteLine($"{p.Address}  {p.Networks}"));
        return 0;
    }
}

internal sealed class NetworkSetCommand(ITenants tenants, NetworkChanges changes, Accounts accounts) : ICommand
{
    public string Name => "network set";

    public string Usage => "TENANT NETWORKS|any [--user ADDRESS | --key NAME | --smtp NAME]";

    public string Summary => "Say from where a tenant, a person, a key or an SMTP credential is let in: 192.0.2.0/24,2001:db8::/48";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("user", "key", "smtp") is not [var slug, var text]) return line.Refuse(this, "name one tenant and its networks, with commas between them, or any");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        var author = new RuleAuthor(Prompted.Actor, null, null);
        var networks = text is "any" ? "" : text;
        Fault? fault;
        if (line.Option("key") is { } key) fault = await changes.ForKeyAsync(author, tenant.Id, key, networks, ct);
        else if (line.Option("smtp") is { } smtp) fault = await changes.ForCredentialAsync(author, tenant.Id, smtp, networks, ct);
        else if (line.Option("user") is { } address)
        {
            if (!EmailAddress.TryParse(address, out var name, out var reason)) return line.Refuse(this, reason);
            fault = await accounts.FindAsync(name, ct) is { } account ? await changes.ForUserAsync(author, tenant.Id, account.UserId, networks, ct) : new UnknownUser();
        }
        else fault = await changes.ForTenantAsync(author, tenant.Id, networks, ct);
        if (fault is not null) return line.Fail(fault);
        line.Out.WriteLine("In force within seconds.");
        return 0;
    }
}
