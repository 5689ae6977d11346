using System.Net;
using Modular.Delivery.Submission;
using Modular.Testing;

namespace Modular.Delivery.Tests.Submission;

public sealed class SignInGuardTests
{
    private static readonly IPAddress Guesser = IPAddress.Parse("2001:db8:0:7::1"), Neighbour = IPAddress.Parse("2001:db8:0:7:ffff::9"), Owner = IPAddress.Parse("192.0.2.7");

    [Fact]
    public void Each_failure_behind_the_third_doubles_the_wait_of_that_network_alone()
    {
        var clock = new FakeClock();
        var guard = new SignInGuard(clock);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(guard.MayTry("shop", Guesser));
            guard.Failed("shop", Guesser);
        }
        foreach (var seconds in new[] { 5, 10, 20, 40 })
        {
            Assert.False(guard.MayTry("SHOP", Neighbour));
            Assert.True(guard.MayTry("shop", Owner));
            clock.Advance(TimeSpan.FromSeconds(seconds - 1));
            Assert.False(guard.MayTry("shop", Guesser));
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(guard.MayTry("shop", Guesser));
            guard.Failed("shop", Guesser);
        }
        guard.Succeeded("shop", Guesser);
        Assert.True(guard.MayTry("shop", Guesser));
    }

    [Fact]
    public void A_network_that_tries_many_names_has_a_budget()
    {
        var clock = new FakeClock();
        var guard = new SignInGuard(clock);
        for (var i = 0; i < 60; i++) guard.Failed($"user{i}", Guesser);
        Assert.False(guard.MayTry("another", Neighbour));
        Assert.True(guard.MayTry("another", Owner));
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.True(guard.MayTry("another", Neighbour));
    }
}
