using Modular.Kernel.Web;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.ApiKeys;

/// <summary>The keys of all tenants: made, listed, rotated, revoked, and recognised at the door.</summary>
internal sealed class KeyRegister(SystemDb db, TimeProvider time)
{
    /// <summary>Keys of one tenant in force at the same time, at most.</summary>
    public const int MostPerTenant = 200;

    private const string Add = """
        with key as (
          insert into tenancy.api_key (tenant_id, name, permissions, networks, created_at, expires_at)
          select @Tenant, @Name, @Permissions, @Networks, @Now, @ExpiresAt
           where (select count(*) from tenancy.api_key where tenant_id = @Tenant and revoked_at is null) < @Most
          on conflict (tenant_id, name) where revoked_at is null do nothing
          returning key_id
        )
        insert into tenancy.api_key_secret (hash, key_id, prefix, created_at)
        select @Hash, key_id, @Prefix, @Now from key
        returning key_id
        """;

    private const string List = """
        select k.key_id, k.name, s.prefix, k.permissions, k.networks, k.created_at, k.expires_at, s.last_used_at,
               o.prefix as old_prefix, o.ends_at as old_ends_at, o.last_used_at as old_last_used_at
          from tenancy.api_key k
          join tenancy.api_key_secret s on s.key_id = k.key_id and s.ends_at is null
          left join tenancy.api_key_secret o on o.key_id = k.key_id and o.ends_at > @Now
         where k.tenant_id = @Tenant
           and k.revoked_at is null
         order by k.name
        """;

    private const string FindInForce = """
        select key_id, name, networks, expires_at
          from tenancy.api_key k
         where tenant_id = @Tenant
           and revoked_at is null
           and (name = @Text or exists (select from tenancy.api_key_secret s where s.key_id = k.key_id and s.prefix = @Text))
         order by name = @Text   -- someone may have named a key like another one's prefix: the prefix is meant
         limit 1
        """;

    private const string Revoke = "update tenancy.api_key set revoked_at = @Now where key_id = @KeyId and revoked_at is null";

    private const string SetNetworks = "update tenancy.api_key set networks = @Networks where key_id = @KeyId";

    private const string Lock = "select key_id from tenancy.api_key where key_id = @KeyId and revoked_at is null for update";

    private const string EndOlder = "delete from tenancy.api_key_secret where key_id = @KeyId and ends_at is not null";

    private const string EndCurrent = "update tenancy.api_key_secret set ends_at = @EndsAt where key_id = @KeyId";

    private const string AddSecret = "insert into tenancy.api_key_secret (hash, key_id, prefix, created_at) values (@Hash, @KeyId, @Prefix, @Now)";

    private const string Recognise = """
        select k.key_id, k.tenant_id as tenant, k.name, k.permissions, k.networks, least(k.expires_at, s.ends_at) as ends_at, s.last_used_at
          from tenancy.api_key_secret s
          join tenancy.api_key k using (key_id)
         where s.hash = @Hash
           and k.revoked_at is null
        """;

    private const string Used = "update tenancy.api_key_secret set last_used_at = @Now where hash = @Hash";

    private readonly Remembered<string, KnownKey> _known = new(CallerFreshness.Age, most: 10_000, time);

    /// <summary>Makes a key where nothing can stand in its way: the tenant is new.</summary>
    public async Task<NewKey> AddAsync(SystemTransaction tx, TenantId tenant, string name, IReadOnlySet<string> permissions, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        var (secret, row) = Row(tenant, new KeyDraft(name, permissions, NetworkList.None, expiresAt));
        await tx.FindAsync<long>(Add, row, ct);
        return new NewKey(name, secret);
    }

    /// <param name="held">What the maker holds: nobody gives what they do not have.</param>
    public async Task<Result<NewKey>> CreateAsync(TenantId tenant, KeyDraft draft, IReadOnlySet<string> held, CancellationToken ct)
    {
        if (draft.Name.Length is 0 or > 100 || draft.Name.Any(char.IsControl)) return new BadKeyName();
        if (draft.Permissions.Count == 0) return new NoPermissions();
        if (draft.Permissions.FirstOrDefault(p => !Permissions.All.Contains(p)) is { } unknown) return new UnknownPermission(unknown);
        if (draft.Permissions.FirstOrDefault(p => !held.Contains(p)) is { } missing) return new NotYoursToGive(missing);
        var (secret, row) = Row(tenant, draft);
        return await db.FindAsync<long?>(Add, row, ct) is null ? new KeyNameTaken(draft.Name) : new NewKey(draft.Name, secret);
    }

    public Task<IReadOnlyList<ListedKey>> ListAsync(TenantId tenant, CancellationToken ct) => db.ListAsync<ListedKey>(List, new { Tenant = tenant, Now = time.GetUtcNow() }, ct);

    /// <param name="text">The key's name or a prefix of it.</param>
    public Task<KeyInForce?> FindAsync(TenantId tenant, string text, CancellationToken ct) => db.FindAsync<KeyInForce>(FindInForce, new { Tenant = tenant, Text = text }, ct);

    /// <returns>The name of the key that is no longer in force; null when there is none such.</returns>
    public async Task<string?> RevokeAsync(TenantId tenant, string text, CancellationToken ct)
    {
        if (await FindAsync(tenant, text, ct) is not { } key || await db.RunAsync(Revoke, new { key.KeyId, Now = time.GetUtcNow() }, ct) == 0) return null;
        _known.Clear();
        return key.Name;
    }

    /// <summary>Another secret for the same key. The one before stays good for <paramref name="overlap"/>, so that the program can be changed in peace; what was rotated out before that ends now.</summary>
    /// <param name="overlap">Zero to <see cref="Overlap.Longest"/>.</param>
    public async Task<Result<NewKey>> RotateAsync(TenantId tenant, string text, TimeSpan overlap, CancellationToken ct)
    {
        if (overlap < TimeSpan.Zero || overlap > Overlap.Longest) return new BadOverlap();
        if (await FindAsync(tenant, text, ct) is not { } key) return new NotFound("key in force");
        var (secret, prefix) = ApiKey.NewRandom();
        var endsAt = time.GetUtcNow() + overlap;
        await using var tx = await db.BeginAsync(ct);
        if (await tx.FindAsync<long?>(Lock, new { key.KeyId }, ct) is null) return new NotFound("key in force");
        await tx.RunAsync(EndOlder, new { key.KeyId }, ct);
        await tx.RunAsync(EndCurrent, new { key.KeyId, EndsAt = endsAt }, ct);
        await tx.RunAsync(AddSecret, new { Hash = ApiKey.HashOf(secret), key.KeyId, Prefix = prefix, Now = time.GetUtcNow() }, ct);
        await tx.CommitAsync(ct);
        _known.Clear();
        return new NewKey(key.Name, secret, endsAt);
    }

    public async Task SetNetworksAsync(long keyId, NetworkList networks, CancellationToken ct)
    {
        await db.RunAsync(SetNetworks, new { KeyId = keyId, Networks = networks.ToString() }, ct);
        _known.Clear();
    }

    /// <summary>The key that this secret is; null when it is none in force. The answer may be some seconds old.</summary>
    public async ValueTask<KnownKey?> RecogniseAsync(string? secret, CancellationToken ct)
    {
        if (!ApiKey.HasShape(secret)) return null;
        var hash = ApiKey.HashOf(secret);
        var name = Convert.ToHexString(hash);
        var now = time.GetUtcNow();
        if (!_known.TryGet(name, out var key))
        {
            if (await db.FindAsync<KnownKeyRow>(Recognise, new { Hash = hash }, ct) is not { } row) return null;
            key = new KnownKey(row.Tenant, row.Name, row.Permissions.Split(' ').ToHashSet(StringComparer.Ordinal), NetworkList.Parse(row.Networks), row.EndsAt);
            if (!(row.EndsAt <= now) && !(now - row.LastUsedAt < TimeSpan.FromMinutes(1))) await db.RunAsync(Used, new { Hash = hash, Now = now }, ct);
            _known.Keep(name, key);
        }
        return key.EndsAt <= now ? null : key;
    }

    private (string Secret, object Row) Row(TenantId tenant, KeyDraft draft)
    {
        var (secret, prefix) = ApiKey.NewRandom();
        return (secret, new
        {
            Tenant = tenant,
            draft.Name,
            Prefix = prefix,
            Hash = ApiKey.HashOf(secret),
            Permissions = string.Join(' ', draft.Permissions.Order(StringComparer.Ordinal)),
            Networks = draft.Networks.ToString(),
            Now = time.GetUtcNow(),
            draft.ExpiresAt,
            Most = MostPerTenant,
        });
    }

    private sealed record KnownKeyRow(long KeyId, TenantId Tenant, string Name, string Permissions, string Networks, DateTimeOffset? EndsAt, DateTimeOffset? LastUsedAt);
}

/// <summary>A key before it is made.</summary>
/// <param name="Networks">From where it is taken; empty: from anywhere.</param>
/// <param name="ExpiresAt">Null: never.</param>
internal sealed record KeyDraft(string Name, IReadOnlySet<string> Permissions, NetworkList Networks, DateTimeOffset? ExpiresAt);

/// <param name="Secret">The key itself: shown once.</param>
/// <param name="OldEndsAt">When the secret before it stops; null when there was none.</param>
internal sealed record NewKey(string Name, string Secret, DateTimeOffset? OldEndsAt = null);

/// <param name="OldPrefix">Of the secret that was rotated out and is still good; null when there is none.</param>
internal sealed record ListedKey(
    long KeyId, string Name, string Prefix, string Permissions, string Networks, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt,
    string? OldPrefix, DateTimeOffset? OldEndsAt, DateTimeOffset? OldLastUsedAt);

internal sealed record KeyInForce(long KeyId, string Name, string Networks, DateTimeOffset? ExpiresAt)
{
    public string Actor => KnownKey.ActorOf(Name);
}

/// <param name="EndsAt">Of the key or of this secret, whichever comes first; null: never.</param>
internal sealed record KnownKey(TenantId Tenant, string Name, IReadOnlySet<string> Allowed, NetworkList Networks, DateTimeOffset? EndsAt)
{
    public string Actor => ActorOf(Name);

    public static string ActorOf(string name) => "key:" + name;
}
