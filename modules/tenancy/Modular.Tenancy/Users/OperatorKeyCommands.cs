using System.Globalization;
using Modular.Kernel.Web;

namespace Modular.Tenancy.Users;

internal sealed class OperatorKeyCreateCommand(OperatorKeys keys) : ICommand
{
    private const int UsualDays = 90, MostDays = 365;

    public string Name => "operator key-create";

    public string Usage => "NAME [--expires-days N] [--networks 192.0.2.0/24,…] [--json]";

    public string Summary => "Make a key with which a program manages tenants by REST, and show it once";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("expires-days", "networks") is not [var name]) return line.Refuse(this, "say what uses the key");
        var days = UsualDays;
        if (line.Option("expires-days") is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out days) || days is 0 or > MostDays)) return line.Refuse(this, $"--expires-days takes 1 to {MostDays}");
        if (!NetworkList.TryParse(line.Option("networks"), out var networks, out var fault)) return line.Refuse(this, fault);
        var made = await keys.CreateAsync(name, days, networks, Prompted.Actor, ct);
        if (!made.IsOk) return line.Fail(made.Fault);
        if (line.Has("json")) line.WriteJson(new { name, apiKey = made.Value.Secret });
        else line.Out.WriteLine(made.Value.Secret);
        return 0;
    }
}

internal sealed class OperatorKeyListCommand(OperatorKeys keys) : ICommand
{
    public string Name => "operator key-list";

    public string Usage => "[--json]";

    public string Summary => "List the keys of programs that manage tenants";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        var all = await keys.ListAsync(ct);
        if (line.Has("json")) line.WriteJson(all.Select(k => new { k.Name, k.Prefix, networks = k.Networks.Split(' ', StringSplitOptions.RemoveEmptyEntries), k.CreatedAt, k.ExpiresAt }));
        else foreach (var key in all) line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key.Name,-24} {key.Prefix}  until {key.ExpiresAt:yyyy-MM-dd}  from {(key.Networks.Length is 0 ? "anywhere" : key.Networks)}"));
        return 0;
    }
}

internal sealed class OperatorKeyRevokeCommand(OperatorKeys keys) : ICommand
{
    public string Name => "operator key-revoke";

    public string Usage => "NAME";

    public string Summary => "Take an operator's key out of force, within seconds";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var name]) return line.Refuse(this, "name one key");
        if (!await keys.RevokeAsync(name, Prompted.Actor, ct)) return line.Fail(new NotFound("operator's key"));
        line.Out.WriteLine($"{name} is revoked.");
        return 0;
    }
}
