using Modular.Testing;

namespace Modular.Kernel.Tests.Sealing;

public sealed class DurableFileTests : IDisposable
{
    private readonly TestFolder _folder = new("durable");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_many_who_write_a_new_file_at_once_one_succeeds_and_no_other_leaves_a_trace()
    {
        var path = _folder.File("key");
        var winners = 0;
        Parallel.For(0, 32, new ParallelOptions { MaxDegreeOfParallelism = 32 }, i =>
        {
            if (DurableFile.TryWriteNew(path, [(byte)i])) Interlocked.Increment(ref winners);
        });

        Assert.Equal(1, winners);
        Assert.Single(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public void Replacing_leaves_the_new_content_alone()
    {
        var path = _folder.File("key");
        DurableFile.Replace(path, "a longer content"u8);
        DurableFile.Replace(path, "short"u8);

        Assert.Equal("short", File.ReadAllText(path));
        Assert.Single(Directory.EnumerateFiles(_folder.Path));
    }

    [Fact]
    public void What_is_shredded_is_gone()
    {
        var path = _folder.File("key");
        DurableFile.Replace(path, "secret"u8);
        DurableFile.Shred(path);

        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }
}
