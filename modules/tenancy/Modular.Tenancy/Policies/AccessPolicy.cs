namespace Modular.Tenancy.Policies;

/// <summary>What a tenant demands of those who sign in.</summary>
internal sealed record AccessPolicy
{
    public static readonly AccessPolicy Default = new();

    public SessionPolicy Session { get; init; } = new();

    public Factors.FactorPolicy Factors { get; init; } = new();
}

internal sealed record SessionPolicy
{
    /// <summary>Without any use; 5 to 1,440. Pages that refresh themselves are no use.</summary>
    public int IdleMinutes { get; init; } = 60;

    /// <summary>Whatever happens; 1 to 168.</summary>
    public int LongestHours { get; init; } = 12;
}
