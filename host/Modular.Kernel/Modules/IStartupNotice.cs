namespace Modular.Kernel.Modules;

/// <summary>Lines that the host prints for the operator once everything listens, such as how to sign in for the first time.</summary>
public interface IStartupNotice
{
    Task<IReadOnlyList<string>> LinesAsync(CancellationToken ct);
}
