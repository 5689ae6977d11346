using Microsoft.Extensions.Localization;
using Modular.Kernel.Mailing;

namespace Modular.Tenancy.Factors;

/// <summary>Writes to people when what they sign in with has changed: if it was not them, this is how they learn of it (ASVS 6.3.7).</summary>
internal sealed class FactorNotices(TenantDb db, ISealer sealer, HostFacts host, IStringLocalizer<FactorTexts> texts)
{
    /// <param name="tenant">Whose mail goes out; null for an operator who is in no tenant, who has no mail to be sent by.</param>
    /// <param name="what">The end of a text's name: <c>Added</c>, <c>Removed</c>, <c>Renewed</c>, <c>Reset</c>, <c>Recovery</c>.</param>
    public async Task TellAsync(TenantId? tenant, string address, string what, CancellationToken ct)
    {
        if (tenant is not { } there) return;
        var letter = new Letter(address, texts["MailSubject"], $"{texts["Mail" + what]}\n\n{texts["MailNotYou", new Uri(host.PublicUrl, "/account/factors")]}\n");
        await using var tx = await db.BeginAsync(there, ct);
        await tx.TellAsync(MailRequested.For(there, "tenancy.factor-changed", letter, sealer), ct);
        await tx.CommitAsync(ct);
    }
}
