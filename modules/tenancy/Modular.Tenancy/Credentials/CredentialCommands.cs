using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Modular.Kernel.Web;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Credentials;

internal static class CredentialCommands
{
    /// <summary>The four commands of one kind.</summary>
    public static IServiceCollection AddCredentialCommands<TRegister>(this IServiceCollection services) where TRegister : CredentialRegister, IOfKind => services
        .AddSingleton<ICommand, CredentialCreateCommand<TRegister>>()
        .AddSingleton<ICommand, CredentialListCommand<TRegister>>()
        .AddSingleton<ICommand, CredentialRotateCommand<TRegister>>()
        .AddSingleton<ICommand, CredentialRevokeCommand<TRegister>>();

    public static void Show(this CommandLine line, CredentialKind kind, NewCredential made)
    {
        if (line.Has("json"))
        {
            line.WriteJson(kind.Json(made));
            return;
        }
        if (kind.IsPair) line.Out.WriteLine(made.Label);
        line.Out.WriteLine(made.Secret);
    }
}

internal sealed class CredentialCreateCommand<TRegister>(ITenants tenants, TRegister register, TimeProvider time) : ICommand where TRegister : CredentialRegister, IOfKind
{
    private static CredentialKind Kind => TRegister.OfKind;

    public string Name => Kind.Command + " create";

    public string Usage => $"TENANT --name NAME [--{Kind.Scope} a,b] [--networks 192.0.2.0/24,…] [--expires-days N] [--json]";

    public string Summary => $"Make an {Kind.Noun} for a tenant, and show it once";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("name", Kind.Scope, "networks", "expires-days") is not [var slug]) return line.Refuse(this, "name one tenant");
        if (line.Option("name") is not { Length: > 0 } name) return line.Refuse(this, $"say what uses it: --name {Kind.Example}");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        if (!NetworkList.TryParse(line.Option("networks"), out var networks, out var badNetwork)) return line.Refuse(this, badNetwork);
        var expiresAt = Expiry.After(line.Option("expires-days"), time.GetUtcNow());
        if (!expiresAt.IsOk) return line.Fail(expiresAt.Fault);
        var scope = line.Option(Kind.Scope)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? Kind.UsualScope;
        var made = await register.CreateAsync(tenant.Id, new CredentialDraft(name, scope, networks, expiresAt.Value), Maker.CommandLine, ct);
        if (!made.IsOk) return line.Fail(made.Fault);
        line.Show(Kind, made.Value);
        return 0;
    }
}

internal sealed class CredentialListCommand<TRegister>(ITenants tenants, TRegister register) : ICommand where TRegister : CredentialRegister, IOfKind
{
    public string Name => TRegister.OfKind.Command + " list";

    public string Usage => "TENANT [--json]";

    public string Summary => $"List a tenant's {TRegister.OfKind.Noun}s";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug]) return line.Refuse(this, "name one tenant");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        var listed = await register.ListAsync(tenant.Id, ct);
        if (line.Has("json"))
        {
            line.WriteJson(listed.Select(TRegister.OfKind.Json));
            return 0;
        }
        foreach (var one in listed)
        {
            line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{one.Label}  {one.Name,-24}  last used {Day(one.LastUsedAt),-10}  {(one.Scope.Length > 0 ? one.Scope : "all " + TRegister.OfKind.Scope)}"));
            if (one.OldLabel is { } old) line.Out.WriteLine($"{old}  the secret before, good until {one.OldEndsAt:u}, last used {Day(one.OldLastUsedAt)}");
        }
        return 0;
    }

    private static string Day(DateTimeOffset? at) => at is { } used ? used.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "never";
}

internal sealed class CredentialRotateCommand<TRegister>(ITenants tenants, TRegister register) : ICommand where TRegister : CredentialRegister, IOfKind
{
    public string Name => TRegister.OfKind.Command + " rotate";

    public string Usage => "TENANT NAME|LABEL [--overlap-hours N] [--json]";

    public string Summary => $"Give an {TRegister.OfKind.Noun} another secret, and show it once; the one before stays good for 24 hours or N";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("overlap-hours") is not [var slug, var text]) return line.Refuse(this, $"name one tenant and one {TRegister.OfKind.Noun}");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        if (Overlap.Read(line.Option("overlap-hours")) is not { } overlap) return line.Fail(new BadOverlap());
        var made = await register.RotateAsync(tenant.Id, text, overlap, Maker.CommandLine, ct);
        if (!made.IsOk) return line.Fail(made.Fault);
        line.Show(TRegister.OfKind, made.Value);
        return 0;
    }
}

internal sealed class CredentialRevokeCommand<TRegister>(ITenants tenants, TRegister register) : ICommand where TRegister : CredentialRegister, IOfKind
{
    public string Name => TRegister.OfKind.Command + " revoke";

    public string Usage => "TENANT NAME|LABEL";

    public string Summary => $"Take an {TRegister.OfKind.Noun} out of force; what uses it is refused within seconds";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug, var text]) return line.Refuse(this, $"name one tenant and one {TRegister.OfKind.Noun}");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        if (await register.RevokeAsync(tenant.Id, text, Prompted.Actor, ct) is not { } name) return line.Fail(new NotFound(TRegister.OfKind.Noun + " in force"));
        line.Out.WriteLine($"{name} is no longer in force.");
        return 0;
    }
}
