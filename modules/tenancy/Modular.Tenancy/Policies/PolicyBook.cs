using System.Text.Json;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Policies;

/// <summary>Each tenant's policy, from memory no older than <see cref="CallerFreshness.Age"/>.</summary>
internal sealed class PolicyBook(SystemDb db, TimeProvider time)
{
    private const string Find = "select rules::text from tenancy.policy where tenant_id = @Tenant";

    private const string Save = """
        insert into tenancy.policy (tenant_id, rules, changed_at) values (@Tenant, @Rules::jsonb, @Now)
        on conflict (tenant_id) do update set rules = excluded.rules, changed_at = excluded.changed_at
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Remembered<TenantId, AccessPolicy> _known = new(CallerFreshness.Age, most: 10_000, time);

    public async ValueTask<AccessPolicy> FindAsync(TenantId tenant, CancellationToken ct)
    {
        if (_known.TryGet(tenant, out var policy)) return policy;
        var rules = await db.FindAsync<string>(Find, new { Tenant = tenant }, ct);
        policy = rules is null ? AccessPolicy.Default : JsonSerializer.Deserialize<AccessPolicy>(rules, Json) ?? AccessPolicy.Default;
        _known.Keep(tenant, policy);
        return policy;
    }

    public async Task SaveAsync(TenantId tenant, AccessPolicy policy, CancellationToken ct)
    {
        await db.RunAsync(Save, new { Tenant = tenant, Rules = JsonSerializer.Serialize(policy, Json), Now = time.GetUtcNow() }, ct);
        _known.Forget(tenant);
    }
}
