using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Modular.Kernel.Sealing;

/// <summary>
/// The key store as files below one folder (mode 0700): <c>master.key</c> (32 random bytes), <c>system.json</c> and <c>tenants/&lt;id&gt;.json</c>, each a
/// <see cref="KeyFile"/>. Several processes may share the folder: what one of them creates, rotates or shreds the others notice within <see cref="Freshness"/>.
/// </summary>
/// <remarks>Losing this folder is losing the data. It is never part of a database backup; that is what makes shredding a key final.</remarks>
public sealed class FileKeyStore : IKeyStore, IDisposable
{
    /// <summary>How long a tenant's keys are used before the file is looked at again.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private const string Installation = "system";

    private readonly string _folder;
    private readonly string _tenantFolder;
    private readonly byte[] _system;
    private readonly TimeProvider _time;
    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<TenantId, Opened> _opened = new();
    private volatile MasterKeys _masters;

    /// <exception cref="InvalidDataException">The master key is damaged, or missing where there are files that it wraps.</exception>
    public FileKeyStore(string folder, TimeProvider? time = null)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        _time = time ?? TimeProvider.System;
        _folder = folder;
        _tenantFolder = Path.Combine(folder, "tenants");
        Directory.CreateDirectory(folder, ownerOnly);
        Directory.CreateDirectory(_tenantFolder, ownerOnly);
        File.SetUnixFileMode(folder, ownerOnly);
        using var turn = new WritingTurn(_writing, folder);
        var isNew = !File.Exists(MasterKeys.FileIn(folder)) && !File.Exists(MasterKeys.NextFileIn(folder));
        if (isNew && (File.Exists(SystemFile) || Tenants().Count > 0)) throw new InvalidDataException($"{MasterKeys.FileIn(folder)} is missing, and there are keys that it wraps: restore it from where you keep it safe.");
        if (isNew) DurableFile.TryWriteNew(MasterKeys.FileIn(folder), RandomNumberGenerator.GetBytes(MasterKey.KeyBytes));
        _masters = MasterKeys.Read(folder);
        DurableFile.TryWriteNew(SystemFile, new KeyFile(new() { [1] = NewKey() }, NewKey(), "").Write(Installation, _masters.Current));
        _system = Open(Installation, SystemFile).Versions[1];
        if (_masters.Other is not null || File.Exists(MasterKeys.NextFileIn(folder)) || File.Exists(MasterKeys.OldFileIn(folder))) FinishMasterRotation();
    }

    private string SystemFile => Path.Combine(_folder, "system.json");

    public void Create(TenantId tenant)
    {
        using var turn = Turn();
        if (File.Exists(FileOf(tenant))) return;
        var keys = new KeyFile(new() { [1] = NewKey() }, NewKey(), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        DurableFile.TryWriteNew(FileOf(tenant), keys.Write(tenant.ToString(), _masters.Current));
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

    public byte[] TenantRoot(TenantId tenant) => Load(tenant).Root;

    public IReadOnlyList<byte> Versions(TenantId tenant) => [.. Reload(tenant).Versions.Keys.Order()];

    public (byte Version, byte[] Key) SystemKey(byte version = 0) =>
        version is 0 or 1 ? ((byte)1, _system) : throw new CryptographicException($"The installation has no key of version {version}.");

    public byte Rotate(TenantId tenant)
    {
        using var turn = Turn();
        var keys = Reload(tenant);
        if (keys.Newest == byte.MaxValue) throw new InvalidOperationException($"Tenant {tenant} has used all 255 key versions.");
        var next = (byte)(keys.Newest + 1);
        Write(tenant, keys with { Versions = new(keys.Versions) { [next] = NewKey() } });
        return next;
    }

    public void Drop(TenantId tenant, byte version)
    {
        using var turn = Turn();
        var keys = Reload(tenant);
        if (version == keys.Newest) throw new InvalidOperationException($"Version {version} is the one that seals for tenant {tenant}.");
        if (keys.Versions.ContainsKey(version)) Write(tenant, keys with { Versions = keys.Versions.Where(k => k.Key != version).ToDictionary() });
    }

    public int RotateMaster()
    {
        using var turn = Turn();
        DurableFile.TryWriteNew(MasterKeys.NextFileIn(_folder), NewKey());   // one that is there already was cut off, and is gone on with
        return FinishMasterRotation();
    }

    public void Shred(TenantId tenant)
    {
        using var turn = Turn();
        if (File.Exists(FileOf(tenant))) DurableFile.Shred(FileOf(tenant));
        _opened.TryRemove(tenant, out _);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_masters.Current.Bytes);
        CryptographicOperations.ZeroMemory(_system);
    }

    /// <summary>
    /// In this order, so that at each point every file's master is on the disk: wrap all with the next master; set the old one aside; give the next its place; destroy
    /// the old one. The caller has the turn.
    /// </summary>
    private int FinishMasterRotation()
    {
        var (master, next, old) = (MasterKeys.FileIn(_folder), MasterKeys.NextFileIn(_folder), MasterKeys.OldFileIn(_folder));
        var rewrapped = 0;
        if (File.Exists(next))
        {
            _masters = MasterKeys.Read(_folder);
            foreach (var (owner, file) in Tenants().Select(t => (t.ToString(), FileOf(t))).Prepend((Installation, SystemFile)))
            {
                var keys = Open(owner, file);
                if (keys.Master == _masters.Current.Fingerprint) continue;
                DurableFile.Replace(file, keys.Write(owner, _masters.Current));
                rewrapped++;
            }
            if (File.Exists(master)) File.Move(master, old, overwrite: true);
            DurableFile.SyncFolderOf(master);
            File.Move(next, master);
            DurableFile.SyncFolderOf(master);
        }
        if (File.Exists(old)) DurableFile.Shred(old);
        _masters = MasterKeys.Read(_folder);
        return rewrapped;
    }

    private string FileOf(TenantId tenant) => Path.Combine(_tenantFolder, tenant + ".json");

    private static byte[] NewKey() => RandomNumberGenerator.GetBytes(MasterKey.KeyBytes);

    /// <summary>To write: alone among the threads and processes, and with the master that is in force.</summary>
    private WritingTurn Turn()
    {
        var turn = new WritingTurn(_writing, _folder);
        _masters = MasterKeys.Read(_folder);
        return turn;
    }

    private void Write(TenantId tenant, KeyFile keys)
    {
        DurableFile.Replace(FileOf(tenant), keys.Write(tenant.ToString(), _masters.Current));
        Reload(tenant);
    }

    private bool IsFresh(Opened opened) => _time.GetElapsedTime(opened.CheckedAt) < Freshness;

    private KeyFile Load(TenantId tenant)
    {
        if (!_opened.TryGetValue(tenant, out var opened)) return Reload(tenant);
        if (IsFresh(opened)) return opened.Keys;
        if (File.GetLastWriteTimeUtc(FileOf(tenant)) != opened.WrittenAt) return Reload(tenant);
        _opened[tenant] = opened with { CheckedAt = _time.GetTimestamp() };
        return opened.Keys;
    }

    private KeyFile Reload(TenantId tenant)
    {
        var file = FileOf(tenant);
        var checkedAt = _time.GetTimestamp();
        var writtenAt = File.GetLastWriteTimeUtc(file);
        try
        {
            var keys = Open(tenant.ToString(), file);
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

    /// <summary>Opens a file with the master that it names. A master that is not known here yet was made by another process, which may be moving it to its place just now.</summary>
    private KeyFile Open(string owner, string file)
    {
        var content = File.ReadAllBytes(file);
        var named = KeyFile.MasterOf(owner, content);
        var master = _masters.Find(named) ?? Learn(MasterKeys.Glance(_folder), named) ?? Learn(ReadMastersOnceStill(), named)
            ?? throw new CryptographicException($"The key file of {owner} is wrapped by another master key than the one in {_folder}: restore the one that belongs to it.");
        return KeyFile.Read(owner, master, content);
    }

    private MasterKey? Learn(MasterKeys? found, string named)
    {
        if (found?.Find(named) is not { } master) return null;
        _masters = found;
        return master;
    }

    private MasterKeys ReadMastersOnceStill()
    {
        if (_writing.IsHeldByCurrentThread) return MasterKeys.Read(_folder);
        using var turn = new WritingTurn(_writing, _folder);
        return MasterKeys.Read(_folder);
    }

    /// <param name="WrittenAt">The file's own time, as it was when it was read.</param>
    /// <param name="CheckedAt">Timestamp of the last look at the file.</param>
    private sealed record Opened(KeyFile Keys, DateTime WrittenAt, long CheckedAt);

    private readonly struct WritingTurn : IDisposable
    {
        private readonly Lock _threads;
        private readonly FolderLock _processes;

        public WritingTurn(Lock threads, string folder)
        {
            _threads = threads;
            _threads.Enter();
            try
            {
                _processes = FolderLock.Take(folder);
            }
            catch
            {
                _threads.Exit();
                throw;
            }
        }

        public void Dispose()
        {
            _processes.Dispose();
            _threads.Exit();
        }
    }
}
