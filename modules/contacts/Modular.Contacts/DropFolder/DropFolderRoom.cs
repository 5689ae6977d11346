using Modular.Tenancy;

namespace Modular.Contacts.DropFolder;

/// <summary>How much more a tenant may put into its drop folder: up to the folder's own bound, and up to the tenant's quota of storage.</summary>
internal sealed class DropFolderRoom(DropFolders folders, DropFolderSettings settings, IQuotas quotas, StorageUse use) : IQuotaMeter
{
    public QuotaKind Kind => QuotaKind.StorageBytes;

    /// <summary>Bytes of the files alone: what tables take up, whoever asks knows.</summary>
    public Task<long> CountAsync(TenantId tenant, CancellationToken ct) => Task.FromResult(folders.BytesOf(tenant));

    /// <returns>Bytes; none or less when it is full.</returns>
    public async Task<long> LeftAsync(TenantId tenant, CancellationToken ct)
    {
        var left = settings.QuotaBytes - folders.BytesOf(tenant);
        return (await quotas.FindAsync(tenant, ct)).StorageBytes is { } quota ? Math.Min(left, quota - await use.FindAsync(tenant, ct)) : left;
    }
}
