using Modular.Kernel.Auditing;
using Modular.Mail.Dns;

namespace Modular.Delivery.Domains;

/// <summary>A resolver that remembers nothing: who has just changed DNS wants to see it.</summary>
internal delegate IDnsResolver FreshDns();

/// <summary>
/// Gives a sending domain new keys without a mail that cannot be verified: they are made and published first, sign once DNS is seen to have them, and what they replace
/// stays published for mail under way.
/// </summary>
internal sealed class DkimRotation(TenantDb db, DomainKeys keys, FreshDns dns, IAudit audit, TimeProvider time)
{
    /// <summary>How long a retired key's record stays in DNS: longer than any mail is tried.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(14);

    /// <summary>From this age on the console asks for new ones.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromDays(180);

    /// <summary>One at a time.</summary>
    private const string Hold = "select count(*) from (select from sending_domain where domain = @domain for update) as held";

    private const string Forget = "delete from sending_domain_key where domain = @domain and retired_at < @before";

    private const string Switch = """
        with retired as (
          update sending_domain_key set retired_at = @now, private_key = null where domain = @domain and signs_since is not null and retired_at is null
        )
        update sending_domain_key set signs_since = @now where domain = @domain and signs_since is null
        """;

    /// <summary>Makes the next keys and says what DNS has to publish. They sign nothing yet.</summary>
    public async Task<Result<SendingDomain>> RenewAsync(Caller caller, string domain, CancellationToken ct)
    {
        if (!caller.Reaches(domain)) return new NotFound("sending domain");
        var tenant = caller.Tenant;
        await using var tx = await db.BeginAsync(tenant, ct);
        if (await tx.FindAsync<long>(Hold, new { domain }, ct) is 0) return new NotFound("sending domain");
        var known = await keys.ListAsync(tenant, domain, ct);
        if (known.Any(key => key.State is DomainKeyState.Next)) return new NextKeysWait(domain);
        await tx.RunAsync(Forget, new { domain, before = time.GetUtcNow() - Overlap }, ct);
        var made = await keys.MakeAsync(tx, tenant, domain, known.Select(key => key.Selector).ToHashSet(StringComparer.Ordinal), isNext: true, ct);
        await audit.AppendAsync(tx, new AuditEntry(caller.Actor, "sending-domain.keys-made", "sending-domain/" + domain, string.Join(", ", made.Select(record => record.Selector))), ct);
        await tx.CommitAsync(ct);
        return new SendingDomain(domain, made);
    }

    /// <summary>Signs with the next keys from now on, if DNS has every one of them: each signs a trial message, which is verified as a receiver would.</summary>
    public async Task<Result<bool>> SwitchAsync(Caller caller, string domain, CancellationToken ct)
    {
        if (!caller.Reaches(domain)) return new NotFound("sending domain");
        var tenant = caller.Tenant;
        var next = await keys.OpenAsync(tenant, domain, isNext: true, ct);
        if (next.Count is 0) return new NoNextKeys(domain);
        foreach (var key in next)
        {
            if (await TrialSignature.WhyNotAsync(key, dns(), time.GetUtcNow(), ct) is { } why) return new NotPublished($"{key.Selector}._domainkey.{domain}", why);
        }

        await using var tx = await db.BeginAsync(tenant, ct);
        await tx.FindAsync<long>(Hold, new { domain }, ct);
        if (await tx.RunAsync(Switch, new { domain, now = time.GetUtcNow() }, ct) is 0) return new NoNextKeys(domain);   // somebody else was first
        await audit.AppendAsync(tx, new AuditEntry(caller.Actor, "sending-domain.keys-switched", "sending-domain/" + domain, string.Join(", ", next.Select(key => key.Selector))), ct);
        await tx.CommitAsync(ct);
        return true;
    }
}
