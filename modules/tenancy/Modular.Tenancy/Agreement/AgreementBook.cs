using System.Security.Cryptography;
using System.Text;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Agreement;

/// <summary>
/// The licence agreement, in versions that are never changed. Each person accepts the newest before working on; who accepted which words, when and from where
/// is kept. Keys and the command line accept nothing: a person who did made them.
/// </summary>
internal sealed class AgreementBook(SystemDb db, ISealer sealer, Memberships memberships, Deeds deeds, IInstallationAudit audit, TimeProvider time)
{
    public const int LongestText = 100_000;

    public const string AgentPurpose = "tenancy.agreement.agent";

    private const string Newest = "select version, text, published_at from tenancy.agreement order by version desc limit 1";

    private const string Publish = """
        insert into tenancy.agreement (version, text, published_at)
        select coalesce(max(version), 0) + 1, @Text, @Now from tenancy.agreement
        returning version
        """;

    private const string NextId = "select nextval('tenancy.acceptance_id_seq')";

    private const string Accept = """
        insert into tenancy.agreement_acceptance (acceptance_id, user_id, version, text_hash, accepted_at, network, agent_sealed)
        values (@Id, @UserId, @Version, @TextHash, @Now, @Network, @AgentSealed)
        on conflict (user_id, version) do nothing   -- the first acceptance is the proof
        """;

    private const string OfPerson = "select acceptance_id, version, text_hash, accepted_at, network, agent_sealed from tenancy.agreement_acceptance where user_id = @UserId order by version desc";

    /// <summary>There is always one: the first comes with the suite.</summary>
    public async Task<LicenceAgreement> NewestAsync(CancellationToken ct) =>
        await db.FindAsync<LicenceAgreement>(Newest, null, ct) ?? throw new InvalidOperationException("The migration that brings the first agreement has not run.");

    /// <returns>The new version's number: from now on everyone accepts it before working on.</returns>
    public async Task<int> PublishAsync(string text, string actor, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var version = await tx.FindAsync<int>(Publish, new { Text = text, Now = time.GetUtcNow() }, ct);
        await audit.AppendAsync(tx, new AuditEntry(actor, "agreement.published", $"agreement/{version}"), ct);
        await tx.CommitAsync(ct);
        memberships.Forget();
        return version;
    }

    /// <returns>False when another version has been published since this one was shown.</returns>
    public async Task<bool> AcceptAsync(Caller caller, int version, ClientTrace client, CancellationToken ct)
    {
        var agreement = await NewestAsync(ct);
        if (agreement.Version != version || caller.UserId is not { } userId) return false;
        var id = await db.FindAsync<long>(NextId, null, ct);
        var isFirst = await db.RunAsync(Accept, new
        {
            Id = id,
            UserId = userId,
            agreement.Version,
            TextHash = SHA256.HashData(Encoding.UTF8.GetBytes(agreement.Text)),
            Now = time.GetUtcNow(),
            client.Network,
            AgentSealed = sealer.SealSystem(AgentPurpose, Encoding.UTF8.GetBytes(client.Agent), id),
        }, ct) == 1;
        memberships.Forget();
        if (isFirst) await deeds.RecordAsync(caller.OwnTenant, new AuditEntry(caller.Actor, "agreement.accepted", $"agreement/{version}"), ct);
        return true;
    }

    public async Task<IReadOnlyList<Acceptance>> OfPersonAsync(long userId, CancellationToken ct) =>
        [.. (await db.ListAsync<Row>(OfPerson, new { UserId = userId }, ct)).Select(r => new Acceptance(
            r.Version, Convert.ToHexStringLower(r.TextHash), r.AcceptedAt, r.Network, Encoding.UTF8.GetString(sealer.OpenSystem(AgentPurpose, r.AgentSealed, r.AcceptanceId))))];

    private sealed record Row(long AcceptanceId, int Version, byte[] TextHash, DateTimeOffset AcceptedAt, string Network, byte[] AgentSealed);
}

internal sealed record LicenceAgreement(int Version, string Text, DateTimeOffset PublishedAt);

/// <param name="TextHash">SHA-256 of the words that were accepted, in hexadecimal.</param>
internal sealed record Acceptance(int Version, string TextHash, DateTimeOffset AcceptedAt, string Network, string Browser);
