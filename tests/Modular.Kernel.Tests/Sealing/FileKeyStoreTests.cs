using System.Security.Cryptography;
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
        Assert.Equal(2, Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Count());   // the master key, the tenant's, and nothing half written
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
        using (var keys = Open()) Assert.ThrowsAny<CryptographicException>(() => keys.TenantKey(other));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"keys\":{\"1\":\"AAAA\"},\"password\":\"AAAA\"}")]
    [InlineData("{\"keys\":{\"900\":\"AAAA\"},\"password\":\"AAAA\"}")]
    [InlineData("not json at all")]
    public void A_damaged_file_is_named_as_what_it_is(string content)
    {
        using var keys = Open();
        File.WriteAllText(FileOf(_tenant), content);

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

    private FileKeyStore Open() => new(_folder.Path, _clock);

    private string FileOf(TenantId tenant) => Path.Combine(_folder.Path, "tenants", tenant + ".json");
}
