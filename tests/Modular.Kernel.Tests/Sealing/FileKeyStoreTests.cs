using System.Security.Cryptography;
using System.Text.Json;
using Modular.Testing;

namespace Modular.Kernel.Tests.Sealing;

public sealed class FileKeyStoreTests : IDisposable
{
    private readonly TestFolder _folder = new("keys");
    private readonly FakeClock _clock = new();
    private readonly TenantId _tenant = TenantId.NewRandom();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Keys_and_password_are_the_same_after_a_restart()
    {
        using var first = Open();
        first.Create(_tenant);
        first.Rotate(_tenant);
        using var second = Open();

        Assert.Equal(first.DatabasePassword(_tenant), second.DatabasePassword(_tenant));
        Assert.Equal(2, second.TenantKey(_tenant).Version);
        Assert.Equal(first.TenantKey(_tenant).Key, second.TenantKey(_tenant).Key);
        Assert.Equal(first.TenantKey(_tenant, 1).Key, second.TenantKey(_tenant, 1).Key);
        Assert.Equal(first.SystemKey().Key, second.SystemKey().Key);
        Assert.Equal([_tenant], second.Tenants());
    }

    [Fact]
    public void Creating_twice_keeps_what_is_there()
    {
        using var keys = Open();
        keys.Create(_tenant);
        var before = keys.TenantKey(_tenant).Key;
        keys.Create(_tenant);

        Assert.Equal(before, keys.TenantKey(_tenant).Key);
        Assert.Equal(new[] { ".lock", "master.key", "system.json", _tenant + ".json" }.Order(StringComparer.Ordinal), Files());   // and nothing half written
    }

    [Fact]
    public void Processes_that_start_at_once_agree_on_one_master_key()
    {
        var stores = new FileKeyStore[16];
        Parallel.For(0, stores.Length, new ParallelOptions { MaxDegreeOfParallelism = stores.Length }, i => stores[i] = Open());
        try
        {
            Assert.Single(stores.Select(s => Convert.ToHexString(s.SystemKey().Key)).Distinct());
            Parallel.ForEach(stores, s => s.Create(_tenant));
            Assert.Single(stores.Select(s => s.DatabasePassword(_tenant)).Distinct());
        }
        finally
        {
            Array.ForEach(stores, s => s.Dispose());
        }
    }

    [Fact]
    public void A_rotation_in_another_process_is_known_as_soon_as_its_key_is_needed()
    {
        using var here = Open();
        using var there = Open();
        here.Create(_tenant);
        Assert.Equal(1, here.TenantKey(_tenant).Version);

        there.Rotate(_tenant);

        Assert.Equal(there.TenantKey(_tenant, 2).Key, here.TenantKey(_tenant, 2).Key);
        Assert.Equal(2, here.TenantKey(_tenant).Version);
    }

    [Fact]
    public void A_shredding_in_another_process_is_known_after_a_second()
    {
        using var here = Open();
        using var there = Open();
        here.Create(_tenant);
        _ = here.TenantKey(_tenant);

        there.Shred(_tenant);
        _clock.Advance(FileKeyStore.Freshness);

        Assert.False(here.Has(_tenant));
        Assert.Throws<CryptographicException>(() => here.TenantKey(_tenant));
        Assert.Throws<CryptographicException>(() => here.DatabasePassword(_tenant));
    }

    [Fact]
    public void One_version_is_one_array_for_as_long_as_it_lives()
    {
        using var keys = Open();
        keys.Create(_tenant);
        var before = keys.TenantKey(_tenant, 1).Key;

        _clock.Advance(FileKeyStore.Freshness * 2);
        Assert.Same(before, keys.TenantKey(_tenant, 1).Key);
        keys.Rotate(_tenant);
        Assert.Same(before, keys.TenantKey(_tenant, 1).Key);
    }

    [Fact]
    public void Another_tenants_file_or_another_installations_master_key_opens_nothing()
    {
        var other = TenantId.NewRandom();
        using (var keys = Open())
        {
            keys.Create(_tenant);
            keys.Create(other);
        }
        File.Copy(FileOf(other), FileOf(_tenant), overwrite: true);
        using (var keys = Open()) Assert.ThrowsAny<CryptographicException>(() => keys.TenantKey(_tenant));

        File.WriteAllBytes(Path.Combine(_folder.Path, "master.key"), RandomNumberGenerator.GetBytes(32));
        Assert.Contains("another master key", Assert.ThrowsAny<CryptographicException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_master_key_is_not_replaced_by_a_new_one()
    {
        using (var keys = Open()) keys.Create(_tenant);
        File.Delete(Path.Combine(_folder.Path, "master.key"));

        Assert.Contains("master.key is missing", Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_is_dropped_for_good_but_never_the_one_that_seals()
    {
        using var here = Open();
        using var there = Open();
        here.Create(_tenant);
        var root = here.TenantRoot(_tenant);
        here.Rotate(_tenant);
        _ = there.TenantKey(_tenant, 1);

        Assert.Throws<InvalidOperationException>(() => here.Drop(_tenant, 2));
        here.Drop(_tenant, 1);
        here.Drop(_tenant, 1);
        _clock.Advance(FileKeyStore.Freshness);

        Assert.Equal([(byte)2], here.Versions(_tenant));
        Assert.Throws<CryptographicException>(() => here.TenantKey(_tenant, 1));
        Assert.Throws<CryptographicException>(() => there.TenantKey(_tenant, 1));
        Assert.Same(root, here.TenantRoot(_tenant));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"master\":7}")]
    [InlineData("{\"master\":\"MASTER\"}")]
    [InlineData("{\"master\":\"MASTER\",\"keys\":{\"1\":\"AAAA\"},\"root\":\"AAAA\",\"password\":\"AAAA\"}")]
    [InlineData("{\"master\":\"MASTER\",\"keys\":{\"900\":\"AAAA\"},\"root\":\"AAAA\",\"password\":\"AAAA\"}")]
    [InlineData("not json at all")]
    public void A_damaged_file_is_named_as_what_it_is(string content)
    {
        using var keys = Open();
        var master = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.Path, "system.json"))).RootElement.GetProperty("master").GetString();
        File.WriteAllText(FileOf(_tenant), content.Replace("MASTER", master, StringComparison.Ordinal));

        Assert.Contains("damaged", Assert.ThrowsAny<CryptographicException>(() => keys.TenantKey(_tenant)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_master_key_stops_the_start()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "master.key"), "short");
        Assert.Contains("master.key", Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_else_on_the_machine_may_read_them()
    {
        using var keys = Open();
        keys.Create(_tenant);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Path, "master.key")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileOf(_tenant)));
    }

    [Fact]
    public void Neither_keys_nor_password_stand_in_the_files()
    {
        using var keys = Open();
        keys.Create(_tenant);
        var content = File.ReadAllBytes(FileOf(_tenant));

        Assert.Equal(-1, content.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(keys.DatabasePassword(_tenant))));
        Assert.Equal(-1, content.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(keys.TenantKey(_tenant).Key))));
    }

    private IEnumerable<string> Files() => Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    private FileKeyStore Open() => new(_folder.Path, _clock);

    private string FileOf(TenantId tenant) => Path.Combine(_folder.Path, "tenants", tenant + ".json");
}
