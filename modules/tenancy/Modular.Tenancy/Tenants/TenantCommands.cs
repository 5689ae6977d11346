using System.Globalization;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Tenants;

internal sealed class TenantCreateCommand(TenantCreation creation) : ICommand
{
    public string Name => "tenant create";

    public string Usage => "SLUG [--name NAME] [--admin ADDRESS] [--password-stdin] [--json]";

    public string Summary => "Make a tenant with its administrator and an API key, and show their secrets once";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("name", "admin") is not [var slug]) return line.Refuse(this, "name one tenant, as in: tenant create acme");
        if (!EmailAddress.TryParse(line.Option("admin") ?? $"admin@{slug}.localhost", out var administrator, out var reason)) return line.Refuse(this, "--admin: " + reason);
        var password = line.Has("password-stdin") ? await Prompted.PasswordAsync(ct) : null;
        var result = await creation.CreateAsync(slug, line.Option("name") ?? slug, administrator, password, Prompted.Actor, ct);
        if (!result.IsOk) return line.Fail(result.Fault);

        var made = result.Value;
        if (line.Has("json"))
        {
            line.WriteJson(new
            {
                tenant = new { id = made.Tenant.Id.ToString(), made.Tenant.Slug, made.Tenant.Name },
                administrator = new { address = made.Administrator.Text, made.Password },
                apiKey = made.Key,
            });
            return 0;
        }
        line.Out.WriteLine($"Tenant {made.Tenant.Slug} ({made.Tenant.Id}) is ready.");
        line.Out.WriteLine($"Administrator: {made.Administrator.Text}");
        line.Out.WriteLine(made.Password is null ? "Password:      the one this person has already, or that was given" : $"Password:      {made.Password}");
        line.Out.WriteLine($"API key:       {made.Key}");
        line.Error.WriteLine("Keep these: they are shown once and stored nowhere in clear.");
        return 0;
    }
}

internal sealed class TenantListCommand(TenantBook book) : ICommand
{
    public string Name => "tenant list";

    public string Usage => "[--json]";

    public string Summary => "List the tenants";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        var tenants = await book.AllAsync(ct);
        if (line.Has("json"))
        {
            line.WriteJson(tenants.Select(t => new { id = t.Id.ToString(), t.Slug, t.Name, state = t.State.ToString().ToLowerInvariant(), t.CreatedAt }));
            return 0;
        }
        if (tenants.Count == 0) line.Error.WriteLine("No tenant yet. Make one: modular tenant create acme");
        foreach (var t in tenants)
        {
            line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{t.Slug,-24} {t.Id}  {t.State.ToString().ToLowerInvariant(),-11}  {t.CreatedAt:yyyy-MM-dd}  {t.Name}"));
        }
        return 0;
    }
}
