using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Tests.SignIn;

public sealed class SignInThrottleTests : IDisposable
{
    private readonly SignInThrottle _throttle = new();
    private readonly Guid _ann = Guid.NewGuid();

    public void Dispose() => _throttle.Dispose();

    [Fact]
    public void After_ten_failures_from_one_network_an_account_is_not_tried_again_from_there()
    {
        var here = new Origin("192.0.2.1");
        for (var i = 0; i < SignInThrottle.PerAccountHere; i++)
        {
            Assert.Null(_throttle.Wait(_ann, here));
            _throttle.CountFailure(_ann, here);
        }

        Assert.NotNull(_throttle.Wait(_ann, here));
        Assert.Null(_throttle.Wait(_ann, new Origin("192.0.2.2")));
        Assert.Null(_throttle.Wait(Guid.NewGuid(), here));
    }

    [Fact]
    public void Asking_costs_nothing()
    {
        for (var i = 0; i < 1000; i++) Assert.Null(_throttle.Wait(_ann, new Origin("192.0.2.1")));
    }

    [Fact]
    public void One_network_that_tries_many_accounts_is_stopped()
    {
        var here = new Origin("192.0.2.1");
        for (var i = 0; i < SignInThrottle.PerNetwork; i++) _throttle.CountFailure(Guid.NewGuid(), here);

        Assert.NotNull(_throttle.Wait(Guid.NewGuid(), here));
        Assert.Null(_throttle.Wait(Guid.NewGuid(), new Origin("192.0.2.2")));
    }

    [Fact]
    public void Many_networks_that_try_one_account_are_stopped_and_its_owners_own_device_is_not()
    {
        for (var i = 0; i < SignInThrottle.PerAccountAnywhere; i++) _throttle.CountFailure(_ann, new Origin($"192.0.2.{i}"));

        Assert.NotNull(_throttle.Wait(_ann, new Origin("198.51.100.1")));
        Assert.Null(_throttle.Wait(_ann, new Origin("198.51.100.1", Device: "known")));
    }

    [Fact]
    public void A_known_device_has_no_more_tries_than_others()
    {
        var device = new Origin("192.0.2.1", Device: "known");
        for (var i = 0; i < SignInThrottle.PerAccountHere; i++) _throttle.CountFailure(_ann, device);

        Assert.NotNull(_throttle.Wait(_ann, device));
    }

    [Fact]
    public void A_program_is_stopped_where_it_fails_and_is_not_locked_out_by_what_strangers_try_elsewhere()
    {
        static SignInAttempt Shop(string network) => new("smtp:shop", network, IsProgram: true);
        for (var i = 0; i < SignInThrottle.PerAccountAnywhere; i++) _throttle.CountFailure(Shop($"192.0.2.{i}"));
        Assert.Null(_throttle.Wait(Shop("198.51.100.1")));

        for (var i = 0; i < SignInThrottle.PerAccountHere; i++) _throttle.CountFailure(Shop("192.0.2.1"));
        Assert.NotNull(_throttle.Wait(Shop("192.0.2.1")));
    }
}
