using Modular.Tenancy.Policies;
using Modular.Tenancy.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SignIn;

public sealed class LockOutTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private const string Ann = "ann@acme.example";

    private static readonly Origin Stranger = new("192.0.2.66");

    private string _password = "";

    protected override async Task FurnishAsync()
    {
        var acme = await Room.NewTenantAsync("acme");
        _password = acme.Password!;   // made for it
        await Room.Policies.SaveAsync(acme.Tenant.Id, new AccessPolicy { LockOut = new LockOutPolicy { Attempts = 3, Minutes = 60 } }, Ct);
    }

    [Fact]
    public async Task After_so_many_wrong_ones_in_a_row_the_right_one_is_answered_like_a_wrong_one_until_the_time_is_over()
    {
        await FailAsync(Stranger, 3);
        Assert.IsType<PasswordVerdict.Wrong>(await TryAsync(_password, Stranger));
        Clock.Advance(TimeSpan.FromMinutes(60));

        Assert.IsType<PasswordVerdict.Right>(await TryAsync(_password, Stranger));
    }

    [Fact]
    public async Task Trying_on_does_not_make_it_longer_and_the_right_one_begins_anew()
    {
        await FailAsync(Stranger, 3);
        Clock.Advance(TimeSpan.FromMinutes(59));
        await FailAsync(Stranger, 1);
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.IsType<PasswordVerdict.Right>(await TryAsync(_password, Stranger));
        await FailAsync(Stranger, 2);
        Assert.IsType<PasswordVerdict.Right>(await TryAsync(_password, Stranger));
    }

    [Fact]
    public async Task A_stranger_locks_out_nobody_but_his_own_network()
    {
        await FailAsync(Stranger, 5);

        Assert.IsType<PasswordVerdict.Right>(await TryAsync(_password, new Origin("198.51.100.1")));
        Assert.IsType<PasswordVerdict.Right>(await TryAsync(_password, Stranger with { Device = "a device that is known" }));
    }

    [Fact]
    public async Task Nobody_can_tell_from_it_whether_there_is_such_a_person()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<PasswordVerdict.Wrong>(await Room.Check.CheckAsync(Ann, "a wrong password", _ => Stranger, Ct));
            Assert.IsType<PasswordVerdict.Wrong>(await Room.Check.CheckAsync("nobody@acme.example", "a wrong password", _ => Stranger, Ct));
        }
    }

    [Fact]
    public async Task Refusals_are_on_record_without_what_was_typed()
    {
        await FailAsync(Stranger, 4);
        await Room.Check.CheckAsync("my secret password", "x", _ => Stranger, Ct);

        var refused = Room.Audit.Entries.Where(e => e.Action == "sign-in.refused").ToList();
        Assert.Equal(["wrong password", "wrong password", "wrong password", "locked out by the policy", "wrong password"], refused.Select(e => e.Detail));
        Assert.Equal(["user:" + Ann, "anonymous"], refused.Select(e => e.Actor).Distinct());
    }

    private async Task FailAsync(Origin origin, int times)
    {
        for (var i = 0; i < times; i++) Assert.IsType<PasswordVerdict.Wrong>(await TryAsync("a wrong password", origin));
    }

    private Task<PasswordVerdict> TryAsync(string password, Origin origin) => Room.Check.CheckAsync(Ann, password, _ => origin, Ct);
}
