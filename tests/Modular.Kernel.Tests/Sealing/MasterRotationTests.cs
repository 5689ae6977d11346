using System.Security.Cryptography;
using Modular.Testing;

namespace Modular.Kernel.Tests.Sealing;

public sealed class MasterRotationTests : IDisposable
{
    private readonly TestFolder _folder = new("keys");
    private readonly TestFolder _copy = new("keys-before");
    private readonly FakeClock _clock = new();
    private readonly TenantId _acme = TenantId.NewRandom();
    private readonly TenantId _globex = TenantId.NewRandom();

    public void Dispose()
    {
        _folder.Dispose();
        _copy.Dispose();
    }

    [Fact]
    public void Every_key_stays_what_it_is_under_a_master_that_is_new()
    {
        using var elsewhere = Filled();
        var (keys, master) = (KeysOf(elsewhere), File.ReadAllBytes(In(_folder, "master.key")));
        CopyAll(_folder, _copy);

        using (var here = Open()) Assert.Equal(3, here.RotateMaster());

        Assert.NotEqual(master, File.ReadAllBytes(In(_folder, "master.key")));
        Assert.False(File.Exists(In(_folder, "master.next.key")) || File.Exists(In(_folder, "master.old.key")));
        _clock.Advance(FileKeyStore.Freshness);
        Assert.Equal(keys, KeysOf(elsewhere));
        using (var later = Open()) Assert.Equal(keys, KeysOf(later));

        // What the old master opens is only what was copied before.
        File.WriteAllBytes(In(_folder, "master.key"), master);
        Assert.ThrowsAny<CryptographicException>(() => Open().Dispose());
        using var before = new FileKeyStore(_copy.Path, _clock);
        Assert.Equal(keys, KeysOf(before));
    }

    /// <summary>Each state of the disk between two steps of a rotation: which master stands where, and how many files the next one wraps already.</summary>
    [Theory]
    [InlineData("master", null, "next", 0)]
    [InlineData("master", null, "next", 1)]
    [InlineData("master", null, "next", 2)]
    [InlineData("master", null, "next", 3)]
    [InlineData(null, "old", "next", 3)]
    [InlineData(null, "old", null, 3)]
    public void Cut_off_at_any_point_everything_opens_and_the_next_start_finishes(string? isMaster, string? isOld, string? isNext, int wrapped)
    {
        string keys;
        using (var store = Filled()) keys = KeysOf(store);
        CopyAll(_folder, _copy);
        using (var store = Open()) store.RotateMaster();
        var (before, after) = (File.ReadAllBytes(In(_copy, "master.key")), File.ReadAllBytes(In(_folder, "master.key")));
        foreach (var file in new[] { "system.json", $"tenants/{_acme}.json", $"tenants/{_globex}.json" }.Skip(wrapped)) File.Copy(In(_copy, file), In(_folder, file), overwrite: true);
        File.Delete(In(_folder, "master.key"));
        if (isMaster is not null) File.WriteAllBytes(In(_folder, "master.key"), before);
        if (isOld is not null) File.WriteAllBytes(In(_folder, "master.old.key"), before);
        File.WriteAllBytes(In(_folder, isNext is null ? "master.key" : "master.next.key"), after);

        using (var store = Open()) Assert.Equal(keys, KeysOf(store));

        Assert.Equal(after, File.ReadAllBytes(In(_folder, "master.key")));
        Assert.False(File.Exists(In(_folder, "master.next.key")) || File.Exists(In(_folder, "master.old.key")));
        File.Delete(In(_folder, "master.key"));
        File.WriteAllBytes(In(_folder, "master.key"), after);
        using (var store = Open()) Assert.Equal(keys, KeysOf(store));
    }

    [Fact]
    public async Task Others_read_and_make_keys_while_it_rotates()
    {
        var ct = TestContext.Current.CancellationToken;
        using var first = Filled();
        using var second = Open();
        using var rotating = Open();
        var keys = KeysOf(first);
        var isOver = false;

        var readers = new[] { first, second }.Select(store => Task.Run(() =>
        {
            var made = new List<TenantId>();
            while (!Volatile.Read(ref isOver))
            {
                _clock.Advance(FileKeyStore.Freshness);   // every look goes to the disk
                Assert.Equal(keys, KeysOf(store));
                if (made.Count >= 20) continue;
                made.Add(TenantId.NewRandom());
                store.Create(made[^1]);
                store.Rotate(made[^1]);
            }
            return made;
        }, ct)).ToList();
        for (var i = 0; i < 20; i++) rotating.RotateMaster();
        Volatile.Write(ref isOver, true);

        var all = (await Task.WhenAll(readers)).SelectMany(made => made).ToList();
        using var later = Open();
        Assert.All(all, tenant => Assert.Equal(2, later.TenantKey(tenant).Version));
    }

    private FileKeyStore Filled()
    {
        var keys = Open();
        keys.Create(_acme);
        keys.Create(_globex);
        keys.Rotate(_globex);
        return keys;
    }

    private FileKeyStore Open() => new(_folder.Path, _clock);

    private string KeysOf(FileKeyStore store) => string.Join('\n', new[]
    {
        store.SystemKey().Key, store.TenantKey(_acme, 1).Key, store.TenantRoot(_acme), store.TenantKey(_globex, 1).Key, store.TenantKey(_globex, 2).Key, store.TenantRoot(_globex),
    }.Select(Convert.ToHexString)) + store.DatabasePassword(_acme) + store.DatabasePassword(_globex);

    private static string In(TestFolder folder, string file) => Path.Combine(folder.Path, file);

    private static void CopyAll(TestFolder from, TestFolder to)
    {
        Directory.CreateDirectory(In(to, "tenants"));
        foreach (var file in Directory.EnumerateFiles(from.Path, "*", SearchOption.AllDirectories)) File.Copy(file, In(to, Path.GetRelativePath(from.Path, file)), overwrite: true);
    }
}
