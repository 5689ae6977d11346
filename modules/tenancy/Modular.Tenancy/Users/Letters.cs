using System.Globalization;
using Microsoft.Extensions.Localization;
using Modular.Kernel.Auditing;
using Modular.Kernel.Mailing;
using Modular.Tenancy.Invitations;
using Modular.Tenancy.OwnAccount;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Users;

/// <summary>
/// What tenancy writes to people, each letter in one transaction with the record of why it was written. Links begin with the configured public address, never with what a
/// request says about itself.
/// </summary>
internal sealed class Letters(HostFacts host, TenantDb db, Accounts accounts, ITenants tenants, IAudit audit, ISealer sealer, IStringLocalizer<Texts> texts)
{
    /// <summary>The tenant by which this person is written to; null when none of theirs is active.</summary>
    public async Task<TenantId?> TenantForAsync(long userId, CancellationToken ct)
    {
        foreach (var id in await accounts.TenantsOfAsync(userId, ct))
        {
            if (await tenants.FindAsync(id, ct) is { State: TenantState.Active }) return id;
        }
        return null;
    }

    public Task SendResetAsync(TenantId tenant, string to, string token, AuditEntry why, CancellationToken ct) =>
        SendAsync(tenant, to, "tenancy.password-reset", "MailReset", why, ct, LinkTo("reset", token), PasswordReset.Age.TotalMinutes);

    public Task SendPasswordChangedAsync(long userId, string to, AuditEntry why, CancellationToken ct) =>
        SendOnceAsync(userId, to, "tenancy.password-changed", "MailPasswordChanged", why, ct, LinkTo("forgot-password"));

    /// <summary>To the address that was asked for: the link, or the word that somebody signs in with it already. To the one before: that it was asked for.</summary>
    /// <param name="token">Null: it is taken.</param>
    public async Task SendAddressAskedAsync(TenantId tenant, string before, string after, string? token, AuditEntry why, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        await TellAsync(tx, tenant, after, "tenancy.address-proof", token is null ? "MailAddressTaken" : "MailAddressProof", ct, LinkTo("account/address", token), AddressChange.Age.TotalMinutes);
        await TellAsync(tx, tenant, before, "tenancy.address-asked", "MailAddressAsked", ct, LinkTo("account/password"));
        await audit.AppendAsync(tx, why, ct);
        await tx.CommitAsync(ct);
    }

    public Task SendAddressChangedAsync(long userId, string before, AuditEntry why, CancellationToken ct) =>
        SendOnceAsync(userId, before, "tenancy.address-changed", "MailAddressChanged", why, ct);

    public Task SendInvitationAsync(Tenant tenant, string to, string token, AuditEntry why, CancellationToken ct) =>
        SendAsync(tenant.Id, to, "tenancy.invitation", "MailInvitation", why, ct, LinkTo("invitation", token), InvitationBook.Age.TotalDays, tenant.Name);

    private Uri LinkTo(string page, string? token = null) => new(host.PublicUrl, token is null ? "/" + page : $"/{page}/{token}");

    private async Task SendAsync(TenantId tenant, string to, string kind, string text, AuditEntry why, CancellationToken ct, params object[] args)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        await TellAsync(tx, tenant, to, kind, text, ct, args);
        await audit.AppendAsync(tx, why, ct);
        await tx.CommitAsync(ct);
    }

    /// <summary>On record in each of the person's tenants; the letter is sent once.</summary>
    private async Task SendOnceAsync(long userId, string to, string kind, string text, AuditEntry why, CancellationToken ct, params object[] args)
    {
        var first = await TenantForAsync(userId, ct);
        foreach (var tenant in await accounts.TenantsOfAsync(userId, ct))
        {
            await using var tx = await db.BeginAsync(tenant, ct);
            if (tenant == first) await TellAsync(tx, tenant, to, kind, text, ct, args);
            await audit.AppendAsync(tx, why, ct);
            await tx.CommitAsync(ct);
        }
    }

    private Task TellAsync(TenantTransaction tx, TenantId tenant, string to, string kind, string text, CancellationToken ct, params object[] args)
    {
        var shown = args.Select(a => (object)Convert.ToString(a, CultureInfo.InvariantCulture)!).ToArray();   // addresses, names and numbers all have a text
        return tx.TellAsync(MailRequested.For(tenant, kind, new Letter(to, texts[text + "Subject", shown], texts[text, shown]), sealer), ct);
    }
}
