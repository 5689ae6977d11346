using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Credentials;

/// <summary>
/// The credentials of tenants' programs, of one kind: made, listed, rotated, revoked, and each deed on record. One is a row; its secret is another, so that it turns while the one before stays
/// good for a while. How a secret is made and recognised is the kind's own.
/// </summary>
internal abstract class CredentialRegister(CredentialKind kind, SystemDb db, Deeds deeds, TimeProvider time)
{
    /// <summary>Of one tenant in force at the same time, at most.</summary>
    public const int MostPerTenant = 200;

    private readonly string _add = $"""
        insert into {kind.Table} (tenant_id, name, {kind.Scope}, networks, created_at, expires_at)
        select @Tenant, @Name, @Scope, @Networks, @Now, @ExpiresAt
         where (select count(*) from {kind.Table} where tenant_id = @Tenant and revoked_at is null) < @MostPerTenant
        on conflict (tenant_id, name) where revoked_at is null do nothing
        returning {kind.Id}
        """;

    private readonly string _list = $"""
        select c.{kind.Id} as id, c.name, s.{kind.Label} as label, c.{kind.Scope} as scope, c.networks, c.created_at, c.expires_at, s.last_used_at,
               o.{kind.Label} as old_label, o.ends_at as old_ends_at, o.last_used_at as old_last_used_at
          from {kind.Table} c
          join {kind.Secrets} s on s.{kind.Id} = c.{kind.Id} and s.ends_at is null
          left join {kind.Secrets} o on o.{kind.Id} = c.{kind.Id} and o.ends_at > @Now
         where c.tenant_id = @Tenant
           and c.revoked_at is null
         order by c.name
        """;

    private readonly string _findInForce = $"""
        select {kind.Id} as id, name, {kind.Scope} as scope, networks, expires_at
          from {kind.Table} c
         where tenant_id = @Tenant
           and revoked_at is null
           and (name = @Text or exists (select from {kind.Secrets} s where s.{kind.Id} = c.{kind.Id} and s.{kind.Label} = @Text))
         order by name = @Text   -- someone may have named one like another one's label: the label is meant
         limit 1
        """;

    private readonly string _revoke = $"update {kind.Table} set revoked_at = @Now where {kind.Id} = @Id and revoked_at is null";

    private readonly string _setNetworks = $"update {kind.Table} set networks = @Networks where {kind.Id} = @Id";

    private readonly string _lock = $"select {kind.Id} from {kind.Table} where {kind.Id} = @Id and revoked_at is null for update";

    private readonly string _endOlder = $"delete from {kind.Secrets} where {kind.Id} = @Id and ends_at is not null";

    private readonly string _endCurrent = $"update {kind.Secrets} set ends_at = @EndsAt where {kind.Id} = @Id";

    public CredentialKind Kind => kind;

    protected SystemDb Db => db;

    protected TimeProvider Time => time;

    /// <summary>Takes the values of <see cref="MadeSecret.Row"/>.</summary>
    protected abstract string AddSecret { get; }

    public async Task<Result<NewCredential>> CreateAsync(TenantId tenant, CredentialDraft draft, Maker maker, CancellationToken ct)
    {
        if (draft.Name.Length is 0 or > 100 || draft.Name.Any(char.IsControl)) return new BadCredentialName(kind);
        var scope = ReadScope(draft.Scope);
        if (!scope.IsOk) return scope.Fault;
        if ((FaultOfScope(maker, scope.Value) ?? maker.FaultOf(draft.Networks, draft.ExpiresAt)) is { } beyond) return beyond;
        await using (var tx = await db.BeginAsync(ct))
        {
            if (await AddAsync(tx, tenant, draft.Name, scope.Value, draft.Networks, draft.ExpiresAt, ct) is not { } made) return new CredentialNameTaken(kind, draft.Name);
            await tx.CommitAsync(ct);
            await deeds.RecordAsync(tenant, new AuditEntry(maker.Actor, kind.Deed + ".created", $"{kind.Command}/{draft.Name}")
            {
                After = $"{kind.Scope}: {(scope.Value.Length is 0 ? "all" : scope.Value)}; networks: {(draft.Networks.IsEmpty ? "anywhere" : draft.Networks)}; expires: {(draft.ExpiresAt is { } at ? at.ToString("u", null) : "never")}",
            }, ct);
            return made;
        }
    }

    public Task<IReadOnlyList<ListedCredential>> ListAsync(TenantId tenant, CancellationToken ct) => db.ListAsync<ListedCredential>(_list, new { Tenant = tenant, Now = time.GetUtcNow() }, ct);

    /// <param name="text">The name, or the label of a secret.</param>
    public Task<CredentialInForce?> FindAsync(TenantId tenant, string text, CancellationToken ct) => db.FindAsync<CredentialInForce>(_findInForce, new { Tenant = tenant, Text = text }, ct);

    /// <returns>The name of the one that is no longer in force; null when there is none such.</returns>
    public async Task<string?> RevokeAsync(TenantId tenant, string text, string actor, CancellationToken ct)
    {
        if (await FindAsync(tenant, text, ct) is not { } found || await db.RunAsync(_revoke, new { found.Id, Now = time.GetUtcNow() }, ct) == 0) return null;
        Forget();
        await deeds.RecordAsync(tenant, new AuditEntry(actor, kind.Deed + ".revoked", $"{kind.Command}/{found.Name}"), ct);
        return found.Name;
    }

    /// <summary>
    /// Another secret for the same credential. The one before stays good for <paramref name="overlap"/>, so that the program can be changed in peace; what was rotated out before that ends
    /// now. Whoever gets the secret gets what it opens, so the maker must hold that.
    /// </summary>
    /// <param name="overlap">Zero to <see cref="Overlap.Longest"/>.</param>
    public async Task<Result<NewCredential>> RotateAsync(TenantId tenant, string text, TimeSpan overlap, Maker maker, CancellationToken ct)
    {
        if (overlap < TimeSpan.Zero || overlap > Overlap.Longest) return new BadOverlap();
        if (await FindAsync(tenant, text, ct) is not { } found) return new NotFound(kind.Noun + " in force");
        if ((FaultOfScope(maker, found.Scope) ?? maker.FaultOf(NetworkList.Parse(found.Networks), found.ExpiresAt)) is { } beyond) return beyond;
        var made = MakeSecret();
        var now = time.GetUtcNow();
        var endsAt = now + overlap;
        await using (var tx = await db.BeginAsync(ct))
        {
            if (await tx.FindAsync<long?>(_lock, new { found.Id }, ct) is null) return new NotFound(kind.Noun + " in force");
            await tx.RunAsync(_endOlder, new { found.Id }, ct);
            await tx.RunAsync(_endCurrent, new { found.Id, EndsAt = endsAt }, ct);
            await tx.RunAsync(AddSecret, made.Row(found.Id, now), ct);
            await tx.CommitAsync(ct);
        }
        Forget();
        await deeds.RecordAsync(tenant, new AuditEntry(maker.Actor, kind.Deed + ".rotated", $"{kind.Command}/{found.Name}", $"the secret before is good until {endsAt:u}"), ct);
        return new NewCredential(found.Name, made.Label, made.Secret, found.ExpiresAt, endsAt);
    }

    public async Task SetNetworksAsync(long id, NetworkList networks, CancellationToken ct)
    {
        await db.RunAsync(_setNetworks, new { Id = id, Networks = networks.ToString() }, ct);
        Forget();
    }

    /// <returns>Null when the name is taken, or there are too many.</returns>
    protected async Task<NewCredential?> AddAsync(SystemTransaction tx, TenantId tenant, string name, string scope, NetworkList networks, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var row = new { Tenant = tenant, Name = name, Scope = scope, Networks = networks.ToString(), Now = now, ExpiresAt = expiresAt, MostPerTenant };
        if (await tx.FindAsync<long?>(_add, row, ct) is not { } id) return null;
        var made = MakeSecret();
        await tx.RunAsync(AddSecret, made.Row(id, now), ct);
        return new NewCredential(name, made.Label, made.Secret, expiresAt, null);
    }

    protected abstract MadeSecret MakeSecret();

    /// <returns>As it is stored.</returns>
    protected abstract Result<string> ReadScope(IReadOnlyCollection<string> words);

    /// <returns>Null when the maker may give all of this.</returns>
    protected abstract Fault? FaultOfScope(Maker maker, string scope);

    /// <summary>This process has just changed something.</summary>
    protected abstract void Forget();
}

/// <param name="Row">For a credential's id and the time now.</param>
internal sealed record MadeSecret(string Label, string Secret, Func<long, DateTimeOffset, object> Row);

/// <summary>A credential before it is made.</summary>
/// <param name="Scope">What it is confined to, in words.</param>
/// <param name="Networks">From where it is taken; empty: from anywhere.</param>
/// <param name="ExpiresAt">Null: never.</param>
internal sealed record CredentialDraft(string Name, IReadOnlyCollection<string> Scope, NetworkList Networks, DateTimeOffset? ExpiresAt);

/// <param name="Secret">Shown once.</param>
/// <param name="OldEndsAt">When the secret before it stops; null when there was none.</param>
internal sealed record NewCredential(string Name, string Label, string Secret, DateTimeOffset? ExpiresAt, DateTimeOffset? OldEndsAt);

/// <param name="OldLabel">Of the secret that was rotated out and is still good; null when there is none.</param>
internal sealed record ListedCredential(
    long Id, string Name, string Label, string Scope, string Networks, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt,
    string? OldLabel, DateTimeOffset? OldEndsAt, DateTimeOffset? OldLastUsedAt);

internal sealed record CredentialInForce(long Id, string Name, string Scope, string Networks, DateTimeOffset? ExpiresAt);
