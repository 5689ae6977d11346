using Modular.Tenancy.Policies;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Users;

/// <summary>What a person's tenants ask of the next password.</summary>
public sealed class PasswordHistoryTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private static readonly EmailAddress Ann = EmailAddress.Parse("ann@acme.example");

    private CreatedTenant _acme = null!;   // set before each test
    private long _userId;

    protected override async Task FurnishAsync()
    {
        _acme = await Room.NewTenantAsync("acme");
        _userId = (await Room.Accounts.FindAsync(Ann, Ct))!.UserId;
    }

    [Fact]
    public async Task One_of_the_last_may_not_come_back_and_an_older_one_may()
    {
        await Room.Policies.SaveAsync(_acme.Tenant.Id, new AccessPolicy { Password = new PasswordPolicy { History = 2 } }, Ct);
        await SetAsync("an orchard in spring rain");
        await SetAsync("seven lamps by the river");

        Assert.IsType<PasswordHadBefore>(await JudgeAsync("seven lamps by the river"));
        Assert.IsType<PasswordHadBefore>(await JudgeAsync("an orchard in spring rain"));
        Assert.Null(await JudgeAsync(_acme.Password!));
        Assert.Null(await JudgeAsync("one that was never there"));
    }

    [Fact]
    public async Task No_more_is_kept_than_a_policy_can_ask_for()
    {
        for (var i = 0; i < 3; i++) await SetAsync($"an orchard in spring rain {i}");
        await Database.System.RunAsync("insert into tenancy.password_history select @Id, 'old', timestamptz '2001-01-01' + n * interval '1 day' from generate_series(1, 50) n", new { Id = _userId }, Ct);
        await SetAsync("seven lamps by the river");

        Assert.Equal(PasswordPolicy.MostHistory - 1, await Database.System.FindAsync<long>("select count(*) from tenancy.password_history where user_id = @Id", new { Id = _userId }, Ct));
    }

    [Fact]
    public async Task Who_is_in_two_tenants_meets_the_stricter_of_each_rule()
    {
        var globex = await Room.NewTenantAsync("globex", Ann.Text);
        await Room.Policies.SaveAsync(_acme.Tenant.Id, new AccessPolicy { Password = new PasswordPolicy { Shortest = 20 }, LockOut = new LockOutPolicy { Attempts = 5 } }, Ct);
        await Room.Policies.SaveAsync(globex.Tenant.Id, new AccessPolicy { Password = new PasswordPolicy { LongestAgeDays = 90, DeniedWords = ["orbit"] }, LockOut = new LockOutPolicy { Minutes = 30 } }, Ct);

        var policy = await Room.Policies.OfPersonAsync(_userId, Ct);
        Assert.Equal((20, (int?)90, 5, 30), (policy.Password.Shortest, policy.Password.LongestAgeDays, policy.LockOut.Attempts, policy.LockOut.Minutes));
        Assert.IsType<PasswordTooShort>(await JudgeAsync("nineteen characters"));
        Assert.IsType<PasswordHoldsDeniedWord>(await JudgeAsync("seven lamps in an orbit"));
        Assert.IsType<PasswordIsCommon>(await JudgeAsync("globex globex globex"));   // the tenant's own name
        Assert.Equal(AccessPolicy.Default, await Room.Policies.OfPersonAsync(0, Ct));
    }

    [Theory]
    [InlineData(14, 0, 10, 15, "Shortest")]
    [InlineData(65, 0, 10, 15, "Shortest")]
    [InlineData(15, 25, 10, 15, "History")]
    [InlineData(15, 0, 2, 15, "Attempts")]
    [InlineData(15, 0, 11, 15, "Attempts")]
    [InlineData(15, 0, 10, 1441, "Minutes")]
    public void A_tenant_cannot_be_laxer_than_the_floor_or_stricter_than_people_bear(int shortest, int history, int attempts, int minutes, string field)
    {
        var policy = new AccessPolicy { Password = new PasswordPolicy { Shortest = shortest, History = history }, LockOut = new LockOutPolicy { Attempts = attempts, Minutes = minutes } };

        Assert.Equal([field], PolicyRules.FaultsOf(policy).Select(f => f.Field));
        Assert.Empty(PolicyRules.FaultsOf(AccessPolicy.Default));
    }

    private async Task SetAsync(string password)
    {
        Clock.Advance(TimeSpan.FromDays(1));
        await Room.Accounts.SetPasswordAsync(_userId, password, Ct);
    }

    private Task<Fault?> JudgeAsync(string password) => Room.Judge.FaultOfAsync(_userId, Ann, password, null, Ct);
}
