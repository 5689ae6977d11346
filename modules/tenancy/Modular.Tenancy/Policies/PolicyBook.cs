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

    private const string OfPerson = """
        select p.rules::text
          from tenancy.membership m
          join tenancy.policy p using (tenant_id)
         where m.user_id = @UserId
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Remembered<TenantId, AccessPolicy> _known = new(CallerFreshness.Age, most: 10_000, time);

    public async ValueTask<AccessPolicy> FindAsync(TenantId tenant, CancellationToken ct)
    {
        if (_known.TryGet(tenant, out var policy)) return policy;
        var rules = await db.FindAsync<string>(Find, new { Tenant = tenant }, ct);
        policy = rules is null ? AccessPolicy.Default : Parse(rules);
        _known.Keep(tenant, policy);
        return policy;
    }

    /// <summary>The strictest of all tenants that this person is in, as stored now. One query, also for nobody (0).</summary>
    public async Task<AccessPolicy> OfPersonAsync(long userId, CancellationToken ct) =>
        AccessPolicy.Strictest([.. (await db.ListAsync<string>(OfPerson, new { UserId = userId }, ct)).Select(Parse)]);

    public static string Text(AccessPolicy policy) => JsonSerializer.Serialize(policy, Json);

    public async Task SaveAsync(TenantId tenant, AccessPolicy policy, CancellationToken ct)
    {
        await db.RunAsync(Save, new { Tenant = tenant, Rules = Text(policy), Now = time.GetUtcNow() }, ct);
        _known.Forget(tenant);
    }

    private static AccessPolicy Parse(string rules) => JsonSerializer.Deserialize<AccessPolicy>(rules, Json) ?? AccessPolicy.Default;
}
