using System.Net;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Networks;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.SmtpCredentials;

/// <summary>The credentials of programs that submit mail: made, listed, rotated, revoked, and recognised at the door. A use of the contract costs no query in the steady state.</summary>
internal sealed class SmtpRegister(SystemDb db, ITenants tenants, NetworkRules networks, TimeProvider time) : ISmtpCredentials
{
    /// <summary>Credentials of one tenant in force at the same time, at most.</summary>
    public const int MostPerTenant = 200;

    private const string Add = """
        with credential as (
          insert into tenancy.smtp_credential (tenant_id, name, domains, networks, created_at, expires_at)
          select @Tenant, @Name, @Domains, @Networks, @Now, @ExpiresAt
           where (select count(*) from tenancy.smtp_credential where tenant_id = @Tenant and revoked_at is null) < @Most
          on conflict (tenant_id, name) where revoked_at is null do nothing
          returning credential_id
        )
        insert into tenancy.smtp_secret (user_name, credential_id, salt, iterations, stored_key, server_key, created_at)
        select @UserName, credential_id, @Salt, @Iterations, @StoredKey, @ServerKey, @Now from credential
        returning credential_id
        """;

    private const string List = """
        select c.credential_id, c.name, s.user_name, c.domains, c.networks, c.created_at, c.expires_at, s.last_used_at,
               o.user_name as old_user_name, o.ends_at as old_ends_at, o.last_used_at as old_last_used_at
          from tenancy.smtp_credential c
          join tenancy.smtp_secret s on s.credential_id = c.credential_id and s.ends_at is null
          left join tenancy.smtp_secret o on o.credential_id = c.credential_id and o.ends_at > @Now
         where c.tenant_id = @Tenant
           and c.revoked_at is null
         order by c.name
        """;

    private const string FindInForce = """
        select credential_id, name, networks
          from tenancy.smtp_credential c
         where tenant_id = @Tenant
           and revoked_at is null
           and (name = @Text or exists (select from tenancy.smtp_secret s where s.credential_id = c.credential_id and s.user_name = @Text))
         order by name = @Text   -- someone may have named a credential like another one's user: the user is meant
         limit 1
        """;

    private const string Revoke = "update tenancy.smtp_credential set revoked_at = @Now where credential_id = @CredentialId and revoked_at is null";

    private const string SetNetworks = "update tenancy.smtp_credential set networks = @Networks where credential_id = @CredentialId";

    private const string Lock = "select credential_id from tenancy.smtp_credential where credential_id = @CredentialId and revoked_at is null for update";

    private const string EndOlder = "delete from tenancy.smtp_secret where credential_id = @CredentialId and ends_at is not null";

    private const string EndCurrent = "update tenancy.smtp_secret set ends_at = @EndsAt where credential_id = @CredentialId";

    private const string AddSecret = """
        insert into tenancy.smtp_secret (user_name, credential_id, salt, iterations, stored_key, server_key, created_at)
        values (@UserName, @CredentialId, @Salt, @Iterations, @StoredKey, @ServerKey, @Now)
        """;

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

    public async Task<Result<NewSmtpCredential>> CreateAsync(TenantId tenant, SmtpDraft draft, CancellationToken ct)
    {
        if (draft.Name.Length is 0 or > 100 || draft.Name.Any(char.IsControl)) return new BadCredentialName();
        var (secret, password) = SmtpSecret.NewRandom();
        var row = new
        {
            Tenant = tenant,
            draft.Name,
            Domains = draft.Domains.ToString(),
            Networks = draft.Networks.ToString(),
            Now = time.GetUtcNow(),
            draft.ExpiresAt,
            Most = MostPerTenant,
            secret.UserName,
            secret.Salt,
            secret.Iterations,
            secret.StoredKey,
            secret.ServerKey,
        };
        return await db.FindAsync<long?>(Add, row, ct) is null ? new CredentialNameTaken(draft.Name) : new NewSmtpCredential(draft.Name, secret.UserName, password, null);
    }

    public Task<IReadOnlyList<ListedSmtp>> ListAsync(TenantId tenant, CancellationToken ct) => db.ListAsync<ListedSmtp>(List, new { Tenant = tenant, Now = time.GetUtcNow() }, ct);

    /// <param name="text">The credential's name or its user name.</param>
    public Task<SmtpInForce?> FindAsync(TenantId tenant, string text, CancellationToken ct) => db.FindAsync<SmtpInForce>(FindInForce, new { Tenant = tenant, Text = text }, ct);

    /// <returns>The name of the credential that is no longer in force; null when there is none such.</returns>
    public async Task<string?> RevokeAsync(TenantId tenant, string text, CancellationToken ct)
    {
        if (await FindAsync(tenant, text, ct) is not { } found || await db.RunAsync(Revoke, new { found.CredentialId, Now = time.GetUtcNow() }, ct) == 0) return null;
        _known.Clear();
        return found.Name;
    }

    /// <summary>Another user name and password for the same credential; the ones before stay good for <paramref name="overlap"/>.</summary>
    /// <inheritdoc cref="KeyRegister.RotateAsync"/>
    public async Task<Result<NewSmtpCredential>> RotateAsync(TenantId tenant, string text, TimeSpan overlap, CancellationToken ct)
    {
        if (overlap < TimeSpan.Zero || overlap > Overlap.Longest) return new BadOverlap();
        if (await FindAsync(tenant, text, ct) is not { } found) return new NotFound("credential in force");
        var (secret, password) = SmtpSecret.NewRandom();
        var endsAt = time.GetUtcNow() + overlap;
        await using var tx = await db.BeginAsync(ct);
        if (await tx.FindAsync<long?>(Lock, new { found.CredentialId }, ct) is null) return new NotFound("credential in force");
        await tx.RunAsync(EndOlder, new { found.CredentialId }, ct);
        await tx.RunAsync(EndCurrent, new { found.CredentialId, EndsAt = endsAt }, ct);
        await tx.RunAsync(AddSecret, new { secret.UserName, found.CredentialId, secret.Salt, secret.Iterations, secret.StoredKey, secret.ServerKey, Now = time.GetUtcNow() }, ct);
        await tx.CommitAsync(ct);
        _known.Clear();
        return new NewSmtpCredential(found.Name, secret.UserName, password, endsAt);
    }

    public async Task SetNetworksAsync(long credentialId, NetworkList allowed, CancellationToken ct)
    {
        await db.RunAsync(SetNetworks, new { CredentialId = credentialId, Networks = allowed.ToString() }, ct);
        _known.Clear();
    }

    public async ValueTask<SmtpCredential?> FindAsync(string userName, CancellationToken ct) =>
        await RecogniseAsync(userName.ToLowerInvariant(), ct) is { } known ? new SmtpCredential(known.CredentialId, known.UserName, known.Salt, known.Iterations, known.StoredKey, known.ServerKey) : null;

    public async ValueTask<SmtpAccess> AuthorizeAsync(SmtpCredential proven, IPAddress client, CancellationToken ct)
    {
        if (await RecogniseAsync(proven.UserName, ct) is not { } known) return new SmtpAccess.Refused("the credential is no longer in force");
        if (await tenants.FindAsync(known.Tenant, ct) is not { State: TenantState.Active } tenant) return new SmtpAccess.Refused("the tenant is not active");
        var caller = new Caller(tenant.Id, tenant.Slug, tenant.Name, "smtp:" + known.Name, new HashSet<string>());   // it submits, and does nothing else
        if (!await networks.AllowAsync(caller, NetworkList.Parse(known.Networks), client, ct, new AuditOrigin(AuditDoors.Submission, client))) return new SmtpAccess.Refused("the address is in none of the networks that are allowed");
        var now = time.GetUtcNow();
        if (!(now - known.LastUsedAt < TimeSpan.FromMinutes(1)))
        {
            _known.Keep(known.UserName, known with { LastUsedAt = now });
            await db.RunAsync(Used, new { known.UserName, Now = now }, ct);
        }
        return new SmtpAccess.Granted(caller, known.Domains.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private async ValueTask<KnownSmtp?> RecogniseAsync(string userName, CancellationToken ct)
    {
        if (!_known.TryGet(userName, out var known))
        {
            known = await db.FindAsync<KnownSmtp>(Recognise, new { UserName = userName }, ct);
            if (known is not null) _known.Keep(userName, known);   // names that nobody has are endless
        }
        return known is null || known.EndsAt <= time.GetUtcNow() ? null : known;
    }

    private sealed record KnownSmtp(
        string UserName, long CredentialId, TenantId Tenant, string Name, string Domains, string Networks, DateTimeOffset? EndsAt, DateTimeOffset? LastUsedAt,
        byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey);
}

/// <summary>A credential before it is made.</summary>
/// <param name="Domains">Sending domains it is confined to; empty: all of the tenant's.</param>
/// <param name="ExpiresAt">Null: never.</param>
internal sealed record SmtpDraft(string Name, DomainNames Domains, NetworkList Networks, DateTimeOffset? ExpiresAt);

/// <param name="Password">Shown once.</param>
/// <param name="OldEndsAt">When the user name and password before stop; null when there were none.</param>
internal sealed record NewSmtpCredential(string Name, string UserName, string Password, DateTimeOffset? OldEndsAt);

/// <param name="OldUserName">That was rotated out and is still good; null when there is none.</param>
internal sealed record ListedSmtp(
    long CredentialId, string Name, string UserName, string Domains, string Networks, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt,
    string? OldUserName, DateTimeOffset? OldEndsAt, DateTimeOffset? OldLastUsedAt);

internal sealed record SmtpInForce(long CredentialId, string Name, string Networks);
