namespace Modular.Kernel.Access;

/// <summary>What a role can be limited to, by name. Each module that has such things serves one; tenancy's page offers them.</summary>
public interface ILimitChoices
{
    /// <summary>As many as a role can name, and as a page offers.</summary>
    const int Most = 1_000;

    LimitKinds Kind { get; }

    /// <summary>By name, at most <see cref="Most"/>.</summary>
    Task<IReadOnlyList<LimitChoice>> OfAsync(TenantId tenant, CancellationToken ct);
}

/// <param name="Key">As <see cref="Limits"/> holds it: a list's id, a domain's name.</param>
public sealed record LimitChoice(string Key, string Name);
