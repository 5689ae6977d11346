using Modular.Tenancy.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SignIn;

public sealed class RememberedTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void An_answer_is_given_until_it_is_too_old()
    {
        var remembered = new Remembered<string, int>(TimeSpan.FromSeconds(3), most: 10, _clock);
        remembered.Keep("a", 1);

        _clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.True(remembered.TryGet("a", out var value));
        Assert.Equal(1, value);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(remembered.TryGet("a", out _));
    }

    [Fact]
    public void It_never_holds_more_than_it_may()
    {
        var remembered = new Remembered<int, int>(TimeSpan.FromHours(1), most: 10, _clock);
        for (var i = 0; i < 1000; i++) remembered.Keep(i, i);

        Assert.InRange(Enumerable.Range(0, 1000).Count(i => remembered.TryGet(i, out _)), 1, 10);
    }
}
