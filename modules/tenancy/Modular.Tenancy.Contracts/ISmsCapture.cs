namespace Modular.Tenancy;

/// <summary>Takes SMS in the place of a gateway while the installation is in capture mode. Served by delivery, which shows them beside captured mail.</summary>
public interface ISmsCapture
{
    /// <summary>Whether this installation captures what it sends.</summary>
    bool IsOn { get; }

    /// <param name="to">As E.164 has it.</param>
    Task KeepAsync(TenantId tenant, string to, string text, CancellationToken ct);
}
