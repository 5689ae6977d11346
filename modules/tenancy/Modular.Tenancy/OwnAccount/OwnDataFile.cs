using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy.Agreement;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Networks;

namespace Modular.Tenancy.OwnAccount;

/// <summary>
/// Everything that the suite keeps about one person who signs in, as a file of their own (GDPR Article 15). Of secrets it says that they are there. Deeds stand in it without what
/// they changed, and only of tenants that let the person in from where they are, with what this session has shown.
/// </summary>
internal sealed class OwnDataFile(OwnAccountBook book, FactorBook factors, RecoveryCodes recovery, AgreementBook agreements, FactorGate gate, NetworkRules networks, IOwnDeeds deeds, TimeProvider time)
{
    /// <summary>Of one trail, the latest.</summary>
    public const int MostDeeds = 1000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,   // a file, never part of a page
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <param name="client">From where the person is asking.</param>
    /// <returns>UTF-8; null when the account is gone.</returns>
    public async Task<byte[]?> WriteAsync(Caller caller, IPAddress? client, CancellationToken ct)
    {
        if (caller.UserId is not { } userId || await book.FindAsync(userId, ct) is not { } account) return null;
        var memberships = new List<object>();
        foreach (var m in await book.MembershipsAsync(userId, ct))
        {
            var isOpen = m.State is "active" && await IsOpenAsync(caller, m.TenantId, client, ct);
            memberships.Add(new
            {
                tenant = m.Slug,
                m.Name,
                m.State,
                m.Role,
                m.Since,
                m.Networks,
                deeds = isOpen ? await deeds.LatestAsync(m.TenantId, userId, "user:" + account.Address, account.CreatedAt, MostDeeds, ct) : null,
                deedsWithheld = isOpen ? null : "This tenant does not let you in now, from here, with what this session has shown.",
            });
        }
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            writtenAt = time.GetUtcNow(),
            account = new { account.UserId, account.Address, account.CreatedAt, account.SignedInAt, account.PasswordSetAt, password = "kept as a hash", account.PasswordsBefore, account.OperatorSince },
            memberships,
            installationDeeds = account.OperatorSince is null ? null : await deeds.LatestAsync(null, userId, "operator:" + account.Address, account.CreatedAt, MostDeeds, ct),
            sessions = await book.SessionsAsync(userId, ct),
            factors = (await factors.ListAsync(userId, ct)).Select(f => new { f.Kind, f.Name, f.CreatedAt, f.UsedAt, number = f.Kind is FactorKinds.Sms ? Encoding.UTF8.GetString(factors.SecretOf(f)) : null }),
            recoveryCodesLeft = await recovery.LeftAsync(userId, ct),
            agreements = await agreements.OfPersonAsync(userId, ct),
            invitations = await book.InvitationsAsync(account, ct),
            links = await book.LinksAsync(userId, ct),
        }, Json);
    }

    private async Task<bool> IsOpenAsync(Caller caller, TenantId tenant, IPAddress? client, CancellationToken ct) =>
        (await networks.FindAsync(tenant, ct)).Allow(caller.UserId, NetworkList.None, client)
        && (caller.ProvenBy is not FactorKinds.Password || await gate.NeedAsync(caller.UserId ?? 0, tenant, client, ct) is FactorNeed.None);
}
