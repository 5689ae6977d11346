namespace Modular.Kernel.Access;

/// <summary>Where else this person can go, for the console's tenant switch. Served by tenancy.</summary>
public interface ISeatChoices
{
    /// <summary>From memory, at most seconds old; without the place where they are.</summary>
    ValueTask<IReadOnlyList<SeatChoice>> OfAsync(Caller caller, CancellationToken ct);
}

/// <param name="Tenant">Null: the installation, for operators.</param>
public sealed record SeatChoice(TenantId? Tenant, string Name);
