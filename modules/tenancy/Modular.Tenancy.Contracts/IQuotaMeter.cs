namespace Modular.Tenancy;

/// <summary>Counts what a tenant has of something that has a quota; of several that count the same kind, all count. Served by the module that keeps it; the figure is all that leaves the tenant's room.</summary>
public interface IQuotaMeter
{
    QuotaKind Kind { get; }

    Task<long> CountAsync(TenantId tenant, CancellationToken ct);
}

public enum QuotaKind
{
    Contacts,
    MailsPerDay,
    StorageBytes,
    Users,
}
