namespace Modular.Kernel.Sealing;

/// <summary>Sealed files that a module keeps. Whoever gives a tenant a new data key has them sealed with it; where there are several stores, each is asked.</summary>
public interface ISealedFiles
{
    /// <summary>Has every file of the tenant's open with its newest key.</summary>
    RenewedFiles Renew(TenantId tenant, CancellationToken ct);
}

/// <param name="Found">Files that an older key had sealed.</param>
/// <param name="Unreadable">Files that open with no key. They are left as they are.</param>
public readonly record struct RenewedFiles(int Found, int Unreadable);
