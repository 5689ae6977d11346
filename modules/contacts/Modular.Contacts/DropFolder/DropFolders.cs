using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Modular.Contacts.DropFolder;

/// <summary>
/// Where the drop folders lie: <c>contacts/dav/&lt;tenant id&gt;/{import,export}</c> in the data folder, uploads in progress beside them. Their files hold people's data:
/// on the disk they are sealed, each tenant's by its own key.
/// </summary>
internal sealed class DropFolders : ISealedFiles
{
    private const string Purpose = "contacts.drop-folder";

    private readonly ISealer _sealer;
    private readonly string _root;
    private readonly string _uploads;
    private readonly ConcurrentDictionary<TenantId, DavLocks> _locks = new();
    private readonly ConcurrentDictionary<TenantId, DavProperties> _properties = new();

    public DropFolders(HostFacts facts, ISealer sealer)
    {
        _sealer = sealer;
        _root = Directory.CreateDirectory(Path.Combine(facts.FolderOf("contacts"), "dav")).FullName;
        _uploads = Directory.CreateDirectory(Path.Combine(facts.FolderOf("contacts"), "uploads")).FullName;
    }

    /// <summary>The tenant's root, with its two folders made.</summary>
    public string RootOf(TenantId tenant)
    {
        var root = Path.Combine(_root, tenant.ToString());
        Directory.CreateDirectory(Path.Combine(root, "import"));
        Directory.CreateDirectory(Path.Combine(root, "export"));
        return root;
    }

    public string ImportOf(TenantId tenant) => Path.Combine(RootOf(tenant), "import");

    public DavLocks LocksOf(TenantId tenant) => _locks.GetOrAdd(tenant, _ => new DavLocks());

    public DavProperties PropertiesOf(TenantId tenant) => _properties.GetOrAdd(tenant, _ => new DavProperties());

    /// <returns>Seekable.</returns>
    /// <exception cref="CryptographicException">The file came by another way than through the suite, is damaged, or the tenant's keys were destroyed.</exception>
    public Stream OpenRead(TenantId tenant, string path) => SealOf(tenant).OpenRead(path);

    /// <summary>For what is written beside its place first; see <see cref="StoreAsync"/> for what comes from outside.</summary>
    public SealedWriteStream Create(TenantId tenant, string path) => SealOf(tenant).Create(path);

    /// <summary>
    /// Writes a whole stream to <paramref name="target"/>, or nothing: into a file of another folder first, synced, then renamed into place, and the folder synced.
    /// </summary>
    /// <param name="maxBytes">More is refused.</param>
    /// <returns>False when it was longer.</returns>
    public async Task<bool> StoreAsync(TenantId tenant, Stream content, string target, long maxBytes, CancellationToken ct)
    {
        var upload = Path.Combine(_uploads, Guid.NewGuid().ToString("N"));
        try
        {
            await using (var file = Create(tenant, upload))
            {
                var buffer = new byte[128 * 1024];
                long written = 0;
                for (int read; (read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct)) > 0;)
                {
                    if ((written += read) > maxBytes) return false;
                    file.Write(buffer.AsSpan(0, read));
                }
                file.Complete();
            }
            File.Move(upload, target, overwrite: true);
            DurableFile.SyncFolderOf(target);
            return true;
        }
        finally
        {
            File.Delete(upload);
        }
    }

    /// <summary>Bytes that all of a tenant's files take up on the disk.</summary>
    public long BytesOf(TenantId tenant) => FilesOf(tenant).Sum(f => f.Length);

    /// <summary>Every file of the tenant's, at any depth.</summary>
    public IEnumerable<FileInfo> FilesOf(TenantId tenant) => new DirectoryInfo(RootOf(tenant)).EnumerateFiles("*", SearchOption.AllDirectories);

    public RenewedFiles Renew(TenantId tenant, CancellationToken ct)
    {
        var renewed = new RenewedFiles();
        foreach (var file in FilesOf(tenant))
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                if (SealOf(tenant).Renew(file.FullName)) renewed = renewed with { Found = renewed.Found + 1 };
            }
            catch (FileNotFoundException)
            {
                // Its owner moved or deleted it.
            }
            catch (CryptographicException)
            {
                renewed = renewed with { Unreadable = renewed.Unreadable + 1 };
            }
        }
        return renewed;
    }

    /// <summary>Removes all that a tenant whose keys are destroyed has here, if anything.</summary>
    /// <returns>Whether there was something.</returns>
    public bool Remove(TenantId tenant)
    {
        var root = Path.Combine(_root, tenant.ToString());
        if (!Directory.Exists(root)) return false;
        Directory.Delete(root, recursive: true);
        _locks.TryRemove(tenant, out _);
        _properties.TryRemove(tenant, out _);
        return true;
    }

    /// <summary>Removes what uploads left behind when the process was killed.</summary>
    public void ForgetUploads(DateTimeOffset olderThan)
    {
        foreach (var file in new DirectoryInfo(_uploads).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < olderThan.UtcDateTime) file.Delete();
        }
    }

    private FileSeal SealOf(TenantId tenant) => new(_sealer, tenant, Purpose);
}
