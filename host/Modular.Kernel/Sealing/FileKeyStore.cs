using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Modular.Kernel.Sealing;

/// <summary>
/// The key store as files below one folder (mode 0700): <c>master.key</c> (32 random bytes) and <c>tenants/&lt;id&gt;.json</c>, a <see cref="TenantKeyFile"/>.
/// Several processes may share the folder: what one of them creates, rotates or shreds the others notice within <see cref="Freshness"/>.
/// </summary>
/// <remarks>Losing this folder is losing the data. It is never part of a database backup; that is what makes shredding a key final.</remarks>
public sealed class FileKeyStore : IKeyStore, IDisposable
{
    /// <summary>How long a tenant's keys are used before the file is looked at again.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private const int KeyBytes = 32;

    private readonly string _tenantFolder;
    private readonly byte[] _master;
    private readonly byte[] _system;
    private readonly TimeProvider _time;
    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<TenantId, Opened> _opened = new();

    public FileKeyStore(string folder, TimeProvider? time = null)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        _time = time ?? TimeProvider.System;
        _tenantFolder = Path.Combine(folder, "tenants");
        Directory.CreateDirectory(folder, ownerOnly);
        Directory.CreateDirectory(_tenantFolder, ownerOnly);
        File.SetUnixFileMode(folder, ownerOnly);
        var masterFile = Path.Combine(folder, "master.key");
        DurableFile.TryWriteNew(masterFile, RandomNumberGenerator.GetBytes(KeyBytes));
        _master = File.ReadAllBytes(masterFile);
        if (_master.Length != KeyBytes) throw new InvalidDataException($"{masterFile} holds {_master.Length} bytes, not {KeyBytes}: restore it from where you keep it safe.");
        _system = HKDF.DeriveKey(HashAlgorithmName.SHA256, _master, KeyBytes, info: "modular system"u8.ToArray());
    }

    public void Create(TenantId tenant)
    {
        var keys = new TenantKeyFile(new() { [1] = RandomNumberGenerator.GetBytes(KeyBytes) }, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        DurableFile.TryWriteNew(FileOf(tenant), keys.Write(tenant, _master));
    }

    public bool Has(TenantId tenant) => _opened.TryGetValue(tenant, out var opened) && IsFresh(opened) || File.Exists(FileOf(tenant));

    public IReadOnlyList<TenantId> Tenants() =>
        [.. Directory.EnumerateFiles(_tenantFolder, "*.json").Select(f => TenantId.TryParse(Path.GetFileNameWithoutExtension(f), null, out var id) ? id : (TenantId?)null).OfType<TenantId>()];

    public string DatabasePassword(TenantId tenant) => Load(tenant).Password;

    public (byte Version, byte[] Key) TenantKey(TenantId tenant, byte version = 0)
    {
        var keys = Load(tenant);
        if (version > keys.Newest) keys = Reload(tenant);
        var wanted = version == 0 ? keys.Newest : version;
        return keys.Versions.TryGetValue(wanted, out var key)
            ? (wanted, key)
            : throw new CryptographicException($"Tenant {tenant} has no key of version {wanted}.");
    }

    public (byte Version, byte[] Key) SystemKey(byte version = 0) =>
        version is 0 or 1 ? ((byte)1, _system) : throw new CryptographicException($"The installation has no key of version {version}.");

    public byte Rotate(TenantId tenant)
    {
        lock (_writing)
        {
            var keys = Reload(tenant);
            if (keys.Newest == byte.MaxValue) throw new InvalidOperationException($"Tenant {tenant} has used all 255 key versions.");
            var next = (byte)(keys.Newest + 1);
            var rotated = keys with { Versions = new(keys.Versions) { [next] = RandomNumberGenerator.GetBytes(KeyBytes) } };
            DurableFile.Replace(FileOf(tenant), rotated.Write(tenant, _master));
            Reload(tenant);
            return next;
        }
    }

    public void Shred(TenantId tenant)
    {
        lock (_writing)
        {
            if (File.Exists(FileOf(tenant))) DurableFile.Shred(FileOf(tenant));
            _opened.TryRemove(tenant, out _);
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_master);
        CryptographicOperations.ZeroMemory(_system);
    }

    private string FileOf(TenantId tenant) => Path.Combine(_tenantFolder, tenant + ".json");

    private bool IsFresh(Opened opened) => _time.GetElapsedTime(opened.CheckedAt) < Freshness;

    private TenantKeyFile Load(TenantId tenant)
    {
        if (!_opened.TryGetValue(tenant, out var opened)) return Reload(tenant);
        if (IsFresh(opened)) return opened.Keys;
        if (File.GetLastWriteTimeUtc(FileOf(tenant)) != opened.WrittenAt) return Reload(tenant);
        _opened[tenant] = opened with { CheckedAt = _time.GetTimestamp() };
        return opened.Keys;
    }

    private TenantKeyFile Reload(TenantId tenant)
    {
        var file = FileOf(tenant);
        var checkedAt = _time.GetTimestamp();
        var writtenAt = File.GetLastWriteTimeUtc(file);
        try
        {
            var keys = TenantKeyFile.Read(tenant, _master, File.ReadAllBytes(file));
            if (_opened.TryGetValue(tenant, out var before)) keys = keys.KeepingArraysOf(before.Keys);
            _opened[tenant] = new Opened(keys, writtenAt, checkedAt);
            return keys;
        }
        catch (FileNotFoundException)
        {
            _opened.TryRemove(tenant, out _);
            throw new CryptographicException($"Tenant {tenant} has no keys in the key store: they were shredded, or the store is not this installation's.");
        }
        catch (CryptographicException)
        {
            _opened.TryRemove(tenant, out _);
            throw;
        }
    }

    /// <param name="WrittenAt">The file's own time, as it was when it was read.</param>
    /// <param name="CheckedAt">Timestamp of the last look at the file.</param>
    private sealed record Opened(TenantKeyFile Keys, DateTime WrittenAt, long CheckedAt);
}
