using Modular.Mail.Dns;

namespace Modular.Mail.Authentication;

/// <summary>The verdict in the words of RFC 8601 §2.7.1 and RFC 9989 §4.</summary>
public enum DmarcVerdict
{
    /// <summary>The author's domain publishes nothing.</summary>
    None,
    Pass,
    Fail,
    TempError,

    /// <summary>There is no one author domain to ask about.</summary>
    PermError,
}

/// <param name="AuthorDomain">The domain of the header From; empty when there is none.</param>
/// <param name="PolicyDomain">Where the record was found; null when there is none.</param>
/// <param name="Policy">What that record asks for with this author domain when the verdict is <see cref="DmarcVerdict.Fail"/>; already milder when it is being tested.</param>
/// <param name="Reason">What aligned, or why nothing did.</param>
public sealed record DmarcResult(DmarcVerdict Verdict, string AuthorDomain, string? PolicyDomain, DmarcPolicy Policy, string Reason);

/// <summary>Compares the author's domain with what SPF and DKIM have vouched for (RFC 9989 §4.4). Safe for use from many threads.</summary>
public sealed class DmarcEvaluator(IDnsResolver dns)
{
    private const int MostDomains = 10;

    /// <param name="authorDomain">Of the header From.</param>
    /// <param name="spfDomain">The domain that SPF passed for; null when it did not pass.</param>
    /// <param name="dkimDomains">The d= of signatures that passed.</param>
    public async ValueTask<DmarcResult> EvaluateAsync(string authorDomain, string? spfDomain, IReadOnlyList<string> dkimDomains, CancellationToken ct)
    {
        if (DnsName.TryCanonical(authorDomain) is not { } author)
            return new DmarcResult(DmarcVerdict.PermError, authorDomain, null, default, "the header From has no domain");
        try
        {
            return await JudgeAsync(author, spfDomain, dkimDomains, ct);
        }
        catch (DnsException fault)
        {
            return new DmarcResult(DmarcVerdict.TempError, author, null, default, fault.Message);
        }
    }

    private async ValueTask<DmarcResult> JudgeAsync(string author, string? spfDomain, IReadOnlyList<string> dkimDomains, CancellationToken ct)
    {
        var tree = new DmarcTree(dns);
        var records = await tree.WalkAsync(author, ct);
        var organization = DmarcTree.OrganizationOf(author, records);
        // The author's own record, else that of its organisation, else that of the public suffix it is registered below (RFC 9989 §4.10.1).
        var (policyDomain, record) = records.FirstOrDefault(r => r.Domain == author);
        if (record is null)
            (policyDomain, record) = records.FirstOrDefault(r => r.Domain == organization);
        if (record is null)
            (policyDomain, record) = records.FirstOrDefault(r => r.Record.IsPublicSuffix is true);
        if (record is null)
            return new DmarcResult(DmarcVerdict.None, author, null, default, $"no DMARC record speaks for {author}");

        foreach (var domain in dkimDomains.Take(MostDomains))
        {
            if (await IsAlignedAsync(domain, record.IsDkimStrict))
                return new DmarcResult(DmarcVerdict.Pass, author, policyDomain, default, $"the DKIM signature of {domain} is aligned");
        }

        if (spfDomain is not null && await IsAlignedAsync(spfDomain, record.IsSpfStrict))
            return new DmarcResult(DmarcVerdict.Pass, author, policyDomain, default, $"SPF for {spfDomain} is aligned");

        var policy = policyDomain == author ? record.Policy
            : record.NonexistentPolicy == record.SubdomainPolicy || (await dns.QueryAsync(author, DnsType.A, ct)).Exists ? record.SubdomainPolicy
            : record.NonexistentPolicy;
        if (record.IsTesting && policy is not DmarcPolicy.None)
            policy--;    // RFC 9989 §4.7, t=
        return new DmarcResult(DmarcVerdict.Fail, author, policyDomain, policy, $"neither SPF nor DKIM vouches for {author}");

        async ValueTask<bool> IsAlignedAsync(string domain, bool isStrict)
        {
            if (DnsName.TryCanonical(domain) is not { } other)
                return false;
            return other == author || (!isStrict && DmarcTree.OrganizationOf(other, await tree.WalkAsync(other, ct)) == organization);
        }
    }
}
