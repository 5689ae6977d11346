namespace Modular.Kernel.Access;

/// <summary>Which of a tenant's lists and sending domains a caller reaches. Every caller has some; most have <see cref="None"/>.</summary>
/// <param name="Lists">Ids; null: all, and the contacts that are on none. One that no longer exists gives nothing.</param>
/// <param name="SendingDomains">In lower case; null: all.</param>
public sealed record Limits(IReadOnlySet<long>? Lists, IReadOnlySet<string>? SendingDomains)
{
    public static readonly Limits None = new(null, null);

    /// <summary>The sides on which there is a limit.</summary>
    public LimitKinds Kinds => (Lists is null ? 0 : LimitKinds.Lists) | (SendingDomains is null ? 0 : LimitKinds.SendingDomains);

    /// <summary>Whether nothing that <paramref name="other"/> reaches is out of reach here.</summary>
    public bool Contain(Limits other) =>
        (Lists is null || other.Lists?.IsSubsetOf(Lists) is true) && (SendingDomains is null || other.SendingDomains?.IsSubsetOf(SendingDomains) is true);
}

[Flags]
public enum LimitKinds
{
    Lists = 1,
    SendingDomains = 2,
    Any = Lists | SendingDomains,
}
