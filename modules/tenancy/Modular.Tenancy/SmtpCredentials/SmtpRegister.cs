using System.Net;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.Networks;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.SmtpCredentials;

/// <summary>The credentials of programs that submit mail. Confined to sending domains. A use of the contract costs no query in the steady state.</summary>
internal sealed class SmtpRegister(SystemDb db, ITenants tenants, NetworkRules networks, Deeds deeds, TimeProvider time) : CredentialRegister(OfKind, db, deeds, time), ISmtpCredentials, IOfKind
{
    public static CredentialKind OfKind { get; } = new("tenancy.smtp_credential", "credential_id", "domains", "tenancy.smtp_secret", "user_name")
    {
        Command = "smtp",
        Noun = "SMTP credential",
        Example = "web-shop",
        Deed = "smtp-credential",
        LabelWord = "userName",
        SecretWord = "password",
        UsualScope = [],
        IsPair = true,
    };

    private const string Recognise = """
        select s.user_name, s.credential_id, c.tenant_id as tenant, c.name, c.domains, c.networks, least(c.expires_at, s.ends_at) as ends_at, s.last_used_at,
               s.salt, s.iterations, s.stored_key, s.server_key
          from tenancy.smtp_secret s
          join tenancy.smtp_credential c using (credential_id)
         where s.user_name = @UserName
           and c.revoked_at is null
        """;

    private const string Used = "update tenancy.smtp_secret set last_used_at = @Now where user_name = @UserName";

    private readonly Remembered<string, KnownSmtp> _known = new(CallerFreshness.Age, most: 10_000, time);

    protected override string AddSecret => """
        insert into tenancy.smtp_secret (user_name, credential_id, salt, iterations, stored_key, server_key, created_at)
        values (@UserName, @CredentialId, @Salt, @Iterations, @StoredKey, @ServerKey, @Now)
        """;

    public async ValueTask<SmtpCredential?> FindAsync(string userName, CancellationToken ct) =>
        await RecogniseAsync(userName.ToLowerInvariant(), ct) is { } known ? new SmtpCredential(known.CredentialId, known.UserName, known.Salt, known.Iterations, known.StoredKey, known.ServerKey) : null;

    public async ValueTask<SmtpAccess> AuthorizeAsync(SmtpCredential proven, IPAddress client, CancellationToken ct)
    {
        if (await RecogniseAsync(proven.UserName, ct) is not { } known) return new SmtpAccess.Refused("the credential is no longer in force");
        if (await tenants.FindAsync(known.Tenant, ct) is not { State: TenantState.Active } tenant) return new SmtpAccess.Refused("the tenant is not active");
        var caller = new Caller(tenant.Id, tenant.Slug, tenant.Name, "smtp:" + known.Name, new HashSet<string>());   // it submits, and does nothing else
        if (!await networks.AllowAsync(caller, NetworkList.Parse(known.Networks), client, ct, new AuditOrigin(AuditDoors.Submission, client))) return new SmtpAccess.Refused("the address is in none of the networks that are allowed");
        var now = Time.GetUtcNow();
        if (!(now - known.LastUsedAt < TimeSpan.FromMinutes(1)))
        {
            _known.Keep(known.UserName, known with { LastUsedAt = now });
            await Db.RunAsync(Used, new { known.UserName, Now = now }, ct);
        }
        return new SmtpAccess.Granted(caller, known.Domains.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private async ValueTask<KnownSmtp?> RecogniseAsync(string userName, CancellationToken ct)
    {
        if (!_known.TryGet(userName, out var known))
        {
            known = await Db.FindAsync<KnownSmtp>(Recognise, new { UserName = userName }, ct);
            if (known is not null) _known.Keep(userName, known);   // names that nobody has are endless
        }
        return known is null || known.EndsAt <= Time.GetUtcNow() ? null : known;
    }

    protected override MadeSecret MakeSecret()
    {
        var (kept, password) = SmtpSecret.NewRandom();
        return new MadeSecret(kept.UserName, password, (id, now) => new { kept.UserName, CredentialId = id, kept.Salt, kept.Iterations, kept.StoredKey, kept.ServerKey, Now = now });
    }

    protected override Result<string> ReadScope(IReadOnlyCollection<string> words) => DomainNames.TryParse(string.Join(' ', words), out var domains, out var fault) ? domains.ToString() : fault;

    /// <summary>Every domain is the tenant's own, and sending is all that a credential does.</summary>
    protected override Fault? FaultOfScope(Maker maker, string scope) => null;

    protected override void Forget() => _known.Clear();

    private sealed record KnownSmtp(
        string UserName, long CredentialId, TenantId Tenant, string Name, string Domains, string Networks, DateTimeOffset? EndsAt, DateTimeOffset? LastUsedAt,
        byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey);
}
