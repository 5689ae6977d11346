using Modular.Contacts.DropFolder;

namespace Modular.Contacts.Tests.DropFolder;

public sealed class DavLocksTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_exclusive_lock_stands_alone_and_shared_ones_together()
    {
        var locks = new DavLocks();
        Assert.True(locks.TryAdd(Lock("a", "/import/x", isExclusive: false), Now));
        Assert.True(locks.TryAdd(Lock("b", "/import/x", isExclusive: false), Now));
        Assert.False(locks.TryAdd(Lock("c", "/import/x", isExclusive: true), Now));
    }

    [Fact]
    public void A_deep_lock_covers_what_lies_below_and_yields_to_what_is_locked_there()
    {
        var locks = new DavLocks();
        Assert.True(locks.TryAdd(Lock("a", "/import/d", isDeep: true), Now));
        Assert.False(locks.TryAdd(Lock("b", "/import/d/x"), Now));
        Assert.Single(locks.On(Path("/import/d/x"), Now));
        Assert.Empty(locks.On(Path("/import/dx"), Now));
        Assert.False(locks.TryAdd(Lock("c", "/import", isDeep: true), Now));
    }

    [Fact]
    public void A_lock_ends_with_its_time_unless_it_is_refreshed()
    {
        var locks = new DavLocks();
        locks.TryAdd(Lock("a", "/import/x"), Now);
        Assert.Null(locks.Refresh(Path("/import/x"), ["wrong"], Now.AddHours(1), Now));
        Assert.NotNull(locks.Refresh(Path("/import/x"), ["a"], Now.AddHours(1), Now));
        Assert.Single(locks.On(Path("/import/x"), Now.AddMinutes(59)));
        Assert.Empty(locks.On(Path("/import/x"), Now.AddHours(1)));
    }

    [Fact]
    public void The_number_of_locks_is_bounded()
    {
        var locks = new DavLocks();
        for (var i = 0; i < DavLocks.MaxLocks; i++) Assert.True(locks.TryAdd(Lock("t" + i, "/import/" + i), Now));
        Assert.False(locks.TryAdd(Lock("one more", "/import/more"), Now));
    }

    private static DavPath Path(string path) => DavPath.Parse(path, "")!;

    private static DavLock Lock(string token, string path, bool isExclusive = true, bool isDeep = false) => new(token, Path(path), isDeep, isExclusive, null, Now.AddMinutes(10));
}
