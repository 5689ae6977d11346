using Modular.Kernel.Web;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.ApiKeys;

/// <summary>The keys with which programs call REST and open drop folders. Confined to permissions.</summary>
internal sealed class KeyRegister(SystemDb db, Deeds deeds, TimeProvider time) : CredentialRegister(OfKind, db, deeds, time), IOfKind
{
    public static CredentialKind OfKind { get; } = new("tenancy.api_key", "key_id", "permissions", "tenancy.api_key_secret", "prefix")
    {
        Command = "key",
        Noun = "API key",
        Example = "crm-import",
        Deed = "key",
        LabelWord = "prefix",
        SecretWord = "apiKey",
        UsualScope = [.. Permissions.All],
    };

    private const string Recognise = """
        select k.key_id, k.tenant_id as tenant, k.name, k.permissions, k.networks, least(k.expires_at, s.ends_at) as ends_at, s.last_used_at
          from tenancy.api_key_secret s
          join tenancy.api_key k using (key_id)
         where s.hash = @Hash
           and k.revoked_at is null
        """;

    private const string Used = "update tenancy.api_key_secret set last_used_at = @Now where hash = @Hash";

    private readonly Remembered<string, KnownKey> _known = new(CallerFreshness.Age, most: 10_000, time);

    protected override string AddSecret => "insert into tenancy.api_key_secret (hash, key_id, prefix, created_at) values (@Hash, @KeyId, @Prefix, @Now)";

    /// <summary>Makes a key where nothing can stand in its way: the tenant is new.</summary>
    public async Task<NewCredential> AddAsync(SystemTransaction tx, TenantId tenant, string name, IReadOnlySet<string> permissions, CancellationToken ct) =>
        await AddAsync(tx, tenant, name, Text(permissions), NetworkList.None, null, ct) ?? throw new InvalidOperationException("A new tenant has a key already.");

    /// <summary>What the caller may pass on: a key no more than itself, wherever it is used and for as long as it lasts.</summary>
    public async Task<Maker> MakerAsync(Caller caller, CancellationToken ct)
    {
        if (caller.UserId is not null) return Maker.Person(caller);
        var own = (await ListAsync(caller.Tenant, ct)).FirstOrDefault(k => KnownKey.ActorOf(k.Name) == caller.Actor);   // one revoked a moment ago passes on nothing
        return own is null ? new Maker(caller.Actor, new HashSet<string>(), NetworkList.None, null) : new Maker(caller.Actor, caller.Permissions, NetworkList.Parse(own.Networks), own.ExpiresAt);
    }

    /// <summary>The key that this secret is; null when it is none in force. The answer may be some seconds old.</summary>
    public async ValueTask<KnownKey?> RecogniseAsync(string? secret, CancellationToken ct)
    {
        if (!ApiKey.HasShape(secret)) return null;
        var hash = ApiKey.HashOf(secret);
        var name = Convert.ToHexString(hash);
        var now = Time.GetUtcNow();
        if (!_known.TryGet(name, out var key))
        {
            if (await Db.FindAsync<Row>(Recognise, new { Hash = hash }, ct) is not { } row) return null;
            key = new KnownKey(row.Tenant, row.Name, row.Permissions.Split(' ').ToHashSet(StringComparer.Ordinal), NetworkList.Parse(row.Networks), row.EndsAt);
            if (!(row.EndsAt <= now) && !(now - row.LastUsedAt < TimeSpan.FromMinutes(1))) await Db.RunAsync(Used, new { Hash = hash, Now = now }, ct);
            _known.Keep(name, key);
        }
        return key.EndsAt <= now ? null : key;
    }

    protected override MadeSecret MakeSecret()
    {
        var (secret, prefix) = ApiKey.NewRandom();
        return new MadeSecret(prefix, secret, (id, now) => new { Hash = ApiKey.HashOf(secret), KeyId = id, Prefix = prefix, Now = now });
    }

    protected override Result<string> ReadScope(IReadOnlyCollection<string> words) =>
        words.Count == 0 ? new NoPermissions()
        : words.FirstOrDefault(p => !Permissions.All.Contains(p)) is { } unknown ? new UnknownPermission(unknown)
        : Text(words.Distinct(StringComparer.Ordinal));

    protected override Fault? FaultOfScope(Maker maker, string scope) => scope.Split(' ').FirstOrDefault(p => !maker.Permissions.Contains(p)) is { } missing ? new NotYoursToGive(missing) : null;

    protected override void Forget() => _known.Clear();

    private static string Text(IEnumerable<string> permissions) => string.Join(' ', permissions.Order(StringComparer.Ordinal));

    private sealed record Row(long KeyId, TenantId Tenant, string Name, string Permissions, string Networks, DateTimeOffset? EndsAt, DateTimeOffset? LastUsedAt);
}

/// <param name="EndsAt">Of the key or of this secret, whichever comes first; null: never.</param>
internal sealed record KnownKey(TenantId Tenant, string Name, IReadOnlySet<string> Allowed, NetworkList Networks, DateTimeOffset? EndsAt)
{
    public string Actor => ActorOf(Name);

    public static string ActorOf(string name) => "key:" + name;
}
