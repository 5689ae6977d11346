using System.Security.Cryptography;
using Modular.Testing;

namespace Modular.Kernel.Tests.Sealing;

public sealed class FileSealTests : IDisposable
{
    private const int Block = 64 * 1024;

    private readonly TestFolder _folder = new("file-seal");
    private readonly FileKeyStore _keys;
    private readonly TenantId _acme = TenantId.NewRandom();
    private readonly FileSeal _seal;
    private readonly string _path;

    public FileSealTests()
    {
        _keys = new FileKeyStore(Path.Combine(_folder.Path, "keys"));
        _keys.Create(_acme);
        _seal = new FileSeal(new Sealer(_keys), _acme, "test.file");
        _path = Path.Combine(_folder.Path, "people.csv");
    }

    public void Dispose()
    {
        _keys.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(3 * Block)]
    [InlineData(3 * Block + 700)]
    public void What_was_written_is_read_whole_and_from_any_place_and_the_disk_tells_how_long_it_is(int length)
    {
        var content = Write(length);

        Assert.Equal(length, FileSeal.LengthOf(new FileInfo(_path).Length));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
        using var file = _seal.OpenRead(_path);
        Assert.Equal(length, file.Length);
        Assert.Equal(content, Read(file));
        var random = new Random(length);
        for (var i = 0; i < 50; i++)
        {
            file.Position = random.Next(length + 1);
            var part = new byte[Math.Min(random.Next(2 * Block), length - (int)file.Position)];
            var expected = content.AsSpan((int)file.Position, part.Length).ToArray();
            file.ReadExactly(part);
            Assert.Equal(expected, part);
        }
        file.Position = length + 10;
        Assert.Equal(0, file.Read(new byte[1]));
    }

    [Fact]
    public void Nobody_reads_it_off_the_disk_nor_with_another_tenants_or_purposes_key()
    {
        using (var file = _seal.Create(_path))
        {
            file.Write("email\nzoe@example.com\n"u8);
            file.Complete();
        }
        var other = TenantId.NewRandom();
        _keys.Create(other);

        Assert.Equal(-1, File.ReadAllBytes(_path).AsSpan().IndexOf("zoe@"u8));
        Assert.ThrowsAny<CryptographicException>(() => (_seal with { Tenant = other }).OpenRead(_path));
        Assert.ThrowsAny<CryptographicException>(() => (_seal with { Purpose = "test.other" }).OpenRead(_path));
        _keys.Shred(_acme);
        Assert.ThrowsAny<CryptographicException>(() => _seal.OpenRead(_path));
    }

    [Fact]
    public void What_was_never_completed_or_not_sealed_here_does_not_open_and_a_file_of_no_bytes_is_empty()
    {
        using (var half = _seal.Create(_path)) half.Write(new byte[2 * Block]);
        Assert.ThrowsAny<CryptographicException>(() => _seal.OpenRead(_path));

        File.WriteAllText(_path, new string('x', 500));
        Assert.ThrowsAny<CryptographicException>(() => _seal.OpenRead(_path));

        File.WriteAllBytes(_path, []);
        using var empty = _seal.OpenRead(_path);
        Assert.Equal(0, FileSeal.LengthOf(0));
        Assert.Empty(Read(empty));
    }

    /// <summary>As it lies: 65 bytes of head, then blocks of 64 KiB and 16 bytes.</summary>
    [Theory]
    [InlineData("cut in a block")]
    [InlineData("cut between blocks")]
    [InlineData("cut to its head")]
    [InlineData("appended to")]
    [InlineData("two blocks swapped")]
    [InlineData("a bit flipped")]
    [InlineData("a bit of the key flipped")]
    public void What_was_changed_behind_our_back_does_not_pass(string change)
    {
        Write(3 * Block);
        var bytes = File.ReadAllBytes(_path);
        const int head = 65, block = Block + 16;
        File.WriteAllBytes(_path, change switch
        {
            "cut in a block" => bytes[..^100],
            "cut between blocks" => bytes[..(head + 2 * block)],
            "cut to its head" => bytes[..head],
            "appended to" => [.. bytes, .. bytes[^block..]],
            "two blocks swapped" => [.. bytes[..head], .. bytes[(head + block)..(head + 2 * block)], .. bytes[head..(head + block)], .. bytes[(head + 2 * block)..]],
            "a bit flipped" => [.. bytes[..150_000], (byte)(bytes[150_000] ^ 4), .. bytes[150_001..]],
            _ => [.. bytes[..30], (byte)(bytes[30] ^ 4), .. bytes[31..]],
        });

        Assert.ThrowsAny<CryptographicException>(() =>
        {
            using var file = _seal.OpenRead(_path);
            return Read(file);
        });
    }

    [Fact]
    public void A_new_data_key_takes_over_the_file_under_who_reads_it_and_the_old_one_may_go()
    {
        var content = Write(2 * Block);
        File.SetLastWriteTimeUtc(_path, new DateTime(2026, 3, 1, 4, 5, 6, DateTimeKind.Utc));
        Assert.False(_seal.Renew(_path));
        using var reading = _seal.OpenRead(_path);
        _keys.Rotate(_acme);

        Assert.True(_seal.Renew(_path));
        Assert.False(_seal.Renew(_path));
        _keys.Drop(_acme, 1);
        Assert.Equal(new DateTime(2026, 3, 1, 4, 5, 6, DateTimeKind.Utc), File.GetLastWriteTimeUtc(_path));
        Assert.Equal(content, Read(reading));
        using var again = _seal.OpenRead(_path);
        Assert.Equal(content, Read(again));
    }

    [Fact]
    public void A_file_begun_before_a_new_data_key_is_sealed_with_it_at_the_end()
    {
        using (var slow = _seal.Create(_path))
        {
            slow.Write("one"u8);
            _keys.Rotate(_acme);
            slow.Complete();
        }
        _keys.Drop(_acme, 1);
        using var file = _seal.OpenRead(_path);
        Assert.Equal("one"u8.ToArray(), Read(file));
    }

    private byte[] Write(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        using var file = _seal.Create(_path);
        for (var at = 0; at < length; at += 10_007) file.Write(content.AsSpan(at, Math.Min(10_007, length - at)));
        Assert.Equal(length, file.Length);
        file.Complete();
        return content;
    }

    private static byte[] Read(Stream file)
    {
        using var all = new MemoryStream();
        file.CopyTo(all);
        return all.ToArray();
    }
}
