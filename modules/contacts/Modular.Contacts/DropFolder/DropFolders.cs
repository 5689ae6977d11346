using System.Collections.Concurrent;

namespace Modular.Contacts.DropFolder;

/// <summary>Where the drop folders lie: <c>contacts/dav/&lt;tenant id&gt;/{import,export}</c> in the data folder, uploads in progress beside them.</summary>
internal sealed class DropFolders
{
    private readonly string _root;
    private readonly string _uploads;
    private readonly ConcurrentDictionary<TenantId, DavLocks> _locks = new();
    private readonly ConcurrentDictionary<TenantId, DavProperties> _properties = new();

    public DropFolders(HostFacts facts)
    {
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

    /// <summary>
    /// Writes a whole stream to <paramref name="target"/>, or nothing: into a file of another folder first, synced, then renamed into place, and the folder synced.
    /// </summary>
    /// <param name="maxBytes">More is refused.</param>
    /// <returns>False when it was longer.</returns>
    public async Task<bool> StoreAsync(Stream content, string target, long maxBytes, CancellationToken ct)
    {
        var upload = Path.Combine(_uploads, Guid.NewGuid().ToString("N"));
        try
        {
            await using (var file = new FileStream(upload, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous }))
            {
                var buffer = new byte[128 * 1024];
                long written = 0;
                for (int read; (read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct)) > 0;)
                {
                    if ((written += read) > maxBytes) return false;
                    await file.WriteAsync(buffer.AsMemory(0, read), ct);
                }
                DurableFile.Sync(file.SafeFileHandle, upload);
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

    /// <summary>Bytes in all of a tenant's files.</summary>
    public long BytesOf(TenantId tenant) => new DirectoryInfo(RootOf(tenant)).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);

    /// <summary>Removes what uploads left behind when the process was killed.</summary>
    public void ForgetUploads(DateTimeOffset olderThan)
    {
        foreach (var file in new DirectoryInfo(_uploads).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < olderThan.UtcDateTime) file.Delete();
        }
    }
}
