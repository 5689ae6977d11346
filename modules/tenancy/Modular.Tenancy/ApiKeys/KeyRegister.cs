using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.ApiKeys;

/// <summary>The keys of all tenants: made, listed, revoked, and recognised at the door.</summary>
internal sealed class KeyRegister(SystemDb db, TimeProvider time)
{
    /// <summary>Keys of one tenant in force at the same time, at most.</summary>
    public const int MostPerTenant = 200;

    private const string Add = """
        insert into tenancy.api_key (tenant_id, name, prefix, hash, permissions, created_at, expires_at)
        select @Tenant, @Name, @Prefix, @Hash, @Permissions, @Now, @ExpiresAt
         where (select count(*) from tenancy.api_key where tenant_id = @Tenant and revoked_at is null) < @Most
        on conflict (tenant_id, name) where revoked_at is null do nothing
        returning key_id
        """;

    private const string List = """
        select key_id, name, prefix, permissions, created_at, expires_at, last_used_at
          from tenancy.api_key
         where tenant_id = @Tenant
           and revoked_at is null
         order by name
        """;

    private const string Revoke = """
        update tenancy.api_key
           set revoked_at = @Now
         where key_id = (select key_id from tenancy.api_key
                          where tenant_id = @Tenant and (prefix = @Text or name = @Text) and revoked_at is null
                          order by prefix = @Text desc   -- someone may have named a key like another one's prefix
                          limit 1)
           and revoked_at is null
        returning name
        """;

    private const string Recognise = """
        select key_id, tenant_id as tenant, name, permissions, expires_at, last_used_at
          from tenancy.api_key
         where hash = @Hash
           and revoked_at is null
        """;

    private const string Used = "update tenancy.api_key set last_used_at = @Now where key_id = @KeyId";

    private readonly Remembered<string, KnownKey> _known = new(CallerFreshness.Age, most: 10_000, time);

    /// <summary>Makes a key where nothing can stand in its way: the tenant is new.</summary>
    public async Task<NewKey> AddAsync(SystemTransaction tx, TenantId tenant, string name, IReadOnlySet<string> permissions, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        var (secret, row) = Row(tenant, name, permissions, expiresAt);
        await tx.RunAsync(Add, row, ct);
        return new NewKey(name, secret);
    }

    /// <param name="permissions">The key's, which must be among <paramref name="held"/>: nobody gives what they do not have.</param>
    public async Task<Result<NewKey>> CreateAsync(TenantId tenant, string name, IReadOnlySet<string> permissions, IReadOnlySet<string> held, DateTimeOffset? expiresAt, CancellationToken ct)
    {
        if (name.Length is 0 or > 100 || name.Any(char.IsControl)) return new BadKeyName();
        if (permissions.Count == 0) return new NoPermissions();
        if (permissions.FirstOrDefault(p => !Permissions.All.Contains(p)) is { } unknown) return new UnknownPermission(unknown);
        if (permissions.FirstOrDefault(p => !held.Contains(p)) is { } missing) return new NotYoursToGive(missing);
        var (secret, row) = Row(tenant, name, permissions, expiresAt);
        return await db.FindAsync<long?>(Add, row, ct) is null ? new KeyNameTaken(name) : new NewKey(name, secret);
    }

    public Task<IReadOnlyList<ListedKey>> ListAsync(TenantId tenant, CancellationToken ct) => db.ListAsync<ListedKey>(List, new { Tenant = tenant }, ct);

    /// <param name="text">The key's name or its prefix.</param>
    /// <returns>The name of the key that is no longer in force; null when there is none such.</returns>
    public async Task<string?> RevokeAsync(TenantId tenant, string text, CancellationToken ct) =>
        await db.FindAsync<string>(Revoke, new { Tenant = tenant, Text = text, Now = time.GetUtcNow() }, ct);

    /// <summary>The key that this secret is; null when it is none in force. The answer may be some seconds old.</summary>
    public async ValueTask<KnownKey?> FindAsync(string? secret, CancellationToken ct)
    {
        if (!ApiKey.HasShape(secret)) return null;
        var hash = ApiKey.HashOf(secret);
        var name = Convert.ToHexString(hash);
        var now = time.GetUtcNow();
        if (!_known.TryGet(name, out var key))
        {
            if (await db.FindAsync<KnownKey>(Recognise, new { Hash = hash }, ct) is not { } found) return null;
            key = found with { Allowed = found.Permissions.Split(' ').ToHashSet(StringComparer.Ordinal) };
            if (!(now - found.LastUsedAt < TimeSpan.FromMinutes(1))) await db.RunAsync(Used, new { found.KeyId, Now = now }, ct);
            _known.Keep(name, key);
        }
        return key.ExpiresAt <= now ? null : key;
    }

    private (string Secret, object Row) Row(TenantId tenant, string name, IReadOnlySet<string> permissions, DateTimeOffset? expiresAt)
    {
        var (secret, prefix) = ApiKey.NewRandom();
        return (secret, new
        {
            Tenant = tenant,
            Name = name,
            Prefix = prefix,
            Hash = ApiKey.HashOf(secret),
            Permissions = string.Join(' ', permissions.Order(StringComparer.Ordinal)),
            Now = time.GetUtcNow(),
            ExpiresAt = expiresAt,
            Most = MostPerTenant,
        });
    }
}

/// <param name="Secret">The key itself: shown once.</param>
internal sealed record NewKey(string Name, string Secret);

internal sealed record ListedKey(long KeyId, string Name, string Prefix, string Permissions, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <param name="Permissions">As stored, separated by blanks; <see cref="Allowed"/> is the same as a set.</param>
internal sealed record KnownKey(long KeyId, TenantId Tenant, string Name, string Permissions, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt)
{
    public IReadOnlySet<string> Allowed { get; init; } = new HashSet<string>();
}
