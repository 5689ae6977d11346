namespace Modular.Delivery.Domains;

/// <summary>The sending domains that a role can be limited to.</summary>
internal sealed class DomainChoices(SendingDomains domains) : ILimitChoices
{
    public LimitKinds Kind => LimitKinds.SendingDomains;

    public async Task<IReadOnlyList<LimitChoice>> OfAsync(TenantId tenant, CancellationToken ct) =>
        [.. (await domains.ListAsync(tenant, ct)).Take(ILimitChoices.Most).Select(domain => new LimitChoice(domain.Domain, domain.Domain))];
}
