using System.Net;
using System.Text.Json.Serialization;
using Modular.Kernel.Web;

namespace Modular.Tenancy.Factors;

/// <summary>When a tenant asks for a second factor. Who has one and is not asked to have it shows it all the same, unless they come from a known network of a tenant that asks elsewhere alone.</summary>
internal sealed record FactorPolicy
{
    public FactorDemand Demand { get; init; } = FactorDemand.Never;

    /// <summary>Names of roles, for <see cref="FactorDemand.Roles"/>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>As <see cref="NetworkList"/> writes them, for <see cref="FactorDemand.UnknownNetworks"/>.</summary>
    public string KnownNetworks { get; init; } = "";

    /// <param name="role">Null where the person is no member.</param>
    /// <param name="address">Null, as for a Unix socket, is in no list.</param>
    public bool Asks(string? role, IPAddress? address) => Demand switch
    {
        FactorDemand.Always => true,
        FactorDemand.Roles => role is not null && Roles.Contains(role, StringComparer.Ordinal),
        FactorDemand.UnknownNetworks => !Knows(address),
        _ => false,
    };

    /// <summary>Whether it may ask this person one day, from wherever they come.</summary>
    public bool MayAsk(string? role) => Asks(role, null);

    /// <summary>Whether a person with a factor need not show it.</summary>
    public bool Spares(IPAddress? address) => Demand is FactorDemand.UnknownNetworks && Knows(address);

    private bool Knows(IPAddress? address) => address is not null && NetworkList.Parse(KnownNetworks).Contains(address);
}

[JsonConverter(typeof(JsonStringEnumConverter<FactorDemand>))]
internal enum FactorDemand
{
    Never,
    Always,

    /// <summary>Of those in the roles that are named.</summary>
    Roles,

    /// <summary>Of those who do not come from a known network.</summary>
    UnknownNetworks,
}
