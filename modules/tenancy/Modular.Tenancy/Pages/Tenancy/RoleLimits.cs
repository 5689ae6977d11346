using System.Collections.Frozen;
using System.Globalization;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>What the form of a role says of its limits: on which sides there is one, and what was chosen there.</summary>
internal sealed class RoleLimits
{
    public bool Lists { get; set; }

    public string[] ChosenLists { get; set; } = [];

    public bool SendingDomains { get; set; }

    public string[] ChosenSendingDomains { get; set; } = [];

    public static RoleLimits Of(Limits limits) => new()
    {
        Lists = limits.Lists is not null,
        ChosenLists = [.. (limits.Lists ?? FrozenSet<long>.Empty).Select(id => id.ToString(CultureInfo.InvariantCulture))],
        SendingDomains = limits.SendingDomains is not null,
        ChosenSendingDomains = [.. limits.SendingDomains ?? FrozenSet<string>.Empty],
    };

    /// <summary>What is not among <paramref name="offered"/> is left out: it was deleted meanwhile, or never was this tenant's.</summary>
    public Limits Among(IReadOnlyDictionary<LimitKinds, IReadOnlyList<LimitChoice>> offered) => new(
        Lists ? Kept(ChosenLists, offered.GetValueOrDefault(LimitKinds.Lists)).Select(key => long.Parse(key, CultureInfo.InvariantCulture)).ToFrozenSet() : null,
        SendingDomains ? Kept(ChosenSendingDomains, offered.GetValueOrDefault(LimitKinds.SendingDomains)).ToFrozenSet(StringComparer.Ordinal) : null);

    private static IEnumerable<string> Kept(string[] chosen, IReadOnlyList<LimitChoice>? offered) => chosen.Intersect((offered ?? []).Select(choice => choice.Key), StringComparer.Ordinal);
}
