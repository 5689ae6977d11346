namespace Modular.Campaigns.Drafting;

/// <summary>
/// Whose campaigns are meant, and from where they may be sent. What reads or changes a campaign for somebody takes one instead of a tenant, so that no query can
/// forget the limit.
/// </summary>
/// <param name="Lists">Null: every campaign. Else those that are bound to some of these lists.</param>
/// <param name="SendingDomains">Null: from all.</param>
internal sealed record Reach(TenantId Tenant, long[]? Lists, IReadOnlySet<string>? SendingDomains)
{
    /// <summary>On the table campaign, with the parameter <c>@within</c>. A campaign that is bound to nothing is out of every limited reach.</summary>
    public const string Seen = "(@within::bigint[] is null or within_lists <@ @within)";

    public static Reach Of(Caller caller) => new(caller.Tenant, caller.Limits.Lists?.ToArray(), caller.Limits.SendingDomains);

    /// <summary>For the suite's own work: workers and commands.</summary>
    public static Reach Whole(TenantId tenant) => new(tenant, null, null);
}
