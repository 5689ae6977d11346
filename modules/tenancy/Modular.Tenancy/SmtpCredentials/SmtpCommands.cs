using System.Globalization;
using Modular.Kernel.Web;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.SmtpCredentials;

internal sealed class SmtpCreateCommand(ITenants tenants, SmtpRegister credentials, Deeds deeds, TimeProvider time) : ICommand
{
    public string Name => "smtp create";

    public string Usage => "TENANT --name NAME [--domains a.example,…] [--networks 192.0.2.0/24,…] [--expires-days N] [--json]";

    public string Summary => "Make a user name and password with which a program submits mail, and show them once";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("name", "domains", "networks", "expires-days") is not [var slug]) return line.Refuse(this, "name one tenant");
        if (line.Option("name") is not { Length: > 0 } name) return line.Refuse(this, "say what uses it: --name web-shop");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        if (!DomainNames.TryParse(line.Option("domains"), out var domains, out var badDomain)) return line.Fail(badDomain);
        if (!NetworkList.TryParse(line.Option("networks"), out var networks, out var badNetwork)) return line.Refuse(this, badNetwork);
        var expiresAt = Expiry.After(line.Option("expires-days"), time.GetUtcNow());
        if (!expiresAt.IsOk) return line.Fail(expiresAt.Fault);

        var draft = new SmtpDraft(name, domains, networks, expiresAt.Value);
        var result = await credentials.CreateAsync(tenant.Id, draft, ct);
        if (!result.IsOk) return line.Fail(result.Fault);
        await deeds.RecordAsync(tenant.Id, SmtpDeeds.Created(Prompted.Actor, draft), ct);
        line.Show(result.Value);
        return 0;
    }
}

internal sealed class SmtpListCommand(ITenants tenants, SmtpRegister credentials) : ICommand
{
    public string Name => "smtp list";

    public string Usage => "TENANT [--json]";

    public string Summary => "List a tenant's SMTP credentials";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug]) return line.Refuse(this, "name one tenant");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        var listed = await credentials.ListAsync(tenant.Id, ct);
        if (line.Has("json"))
        {
            line.WriteJson(listed);
            return 0;
        }
        foreach (var one in listed)
        {
            line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.UserName}  {one.Name,-24}  last used {Day(one.LastUsedAt),-10}  {(one.Domains.Length > 0 ? one.Domains : "all domains")}"));
            if (one.OldUserName is { } old) line.Out.WriteLine($"{old}  the one before, good until {one.OldEndsAt:u}, last used {Day(one.OldLastUsedAt)}");
        }
        return 0;
    }

    private static string Day(DateTimeOffset? at) => at is { } used ? used.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "never";
}

internal sealed class SmtpRotateCommand(ITenants tenants, SmtpRegister credentials, Deeds deeds) : ICommand
{
    public string Name => "smtp rotate";

    public string Usage => "TENANT NAME|USER [--overlap-hours N] [--json]";

    public string Summary => "Give an SMTP credential another user name and password; the ones before stay good for 24 hours or N";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("overlap-hours") is not [var slug, var text]) return line.Refuse(this, "name one tenant and one credential");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        if (Overlap.Read(line.Option("overlap-hours")) is not { } overlap) return line.Fail(new BadOverlap());
        var result = await credentials.RotateAsync(tenant.Id, text, overlap, ct);
        if (!result.IsOk) return line.Fail(result.Fault);
        await deeds.RecordAsync(tenant.Id, SmtpDeeds.Rotated(Prompted.Actor, result.Value), ct);
        line.Show(result.Value);
        return 0;
    }
}

internal sealed class SmtpRevokeCommand(ITenants tenants, SmtpRegister credentials, Deeds deeds) : ICommand
{
    public string Name => "smtp revoke";

    public string Usage => "TENANT NAME|USER";

    public string Summary => "Take an SMTP credential out of force; what uses it is refused within seconds";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug, var text]) return line.Refuse(this, "name one tenant and one credential");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        if (await credentials.RevokeAsync(tenant.Id, text, ct) is not { } name) return line.Fail(new NotFound("credential in force"));
        await deeds.RecordAsync(tenant.Id, SmtpDeeds.Revoked(Prompted.Actor, name), ct);
        line.Out.WriteLine($"{name} is no longer in force.");
        return 0;
    }
}

internal static class ShownSmtp
{
    public static void Show(this CommandLine line, NewSmtpCredential made)
    {
        if (line.Has("json"))
        {
            line.WriteJson(new { made.Name, made.UserName, made.Password, made.OldEndsAt });
            return;
        }
        line.Out.WriteLine(made.UserName);
        line.Out.WriteLine(made.Password);
    }
}
