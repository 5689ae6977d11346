using System.Globalization;

namespace Modular.Contacts.Lists;

/// <summary>The lists that a role can be limited to.</summary>
internal sealed class ListChoices(ListBook lists) : ILimitChoices
{
    public LimitKinds Kind => LimitKinds.Lists;

    public async Task<IReadOnlyList<LimitChoice>> OfAsync(TenantId tenant, CancellationToken ct) =>
        [.. (await lists.AllAsync(Reach.Whole(tenant), ct)).Take(ILimitChoices.Most).Select(list => new LimitChoice(list.ListId.ToString(CultureInfo.InvariantCulture), list.Name))];
}
