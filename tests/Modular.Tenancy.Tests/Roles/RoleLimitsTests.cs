using System.Collections.Frozen;
using Modular.Tenancy.Roles;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Roles;

/// <summary>A role of the tenant's own can be limited to lists and sending domains; the limit is with whoever has the role, and holds nothing that cannot be narrowed.</summary>
public sealed class RoleLimitsTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private const string Press = "Press office";

    private CreatedTenant _acme = null!;   // set before each test

    private static Limits Narrow => To([7, 9], ["news.acme.example"]);

    protected override async Task FurnishAsync() => _acme = await Room.NewTenantAsync("acme");

    [Fact]
    public async Task Whoever_has_the_role_has_its_limits_and_a_change_holds_within_seconds_on_every_process()
    {
        using var other = new TenancyRoom(Database, Clock);
        Assert.Equal(Limits.None, (await AskAsync(Room))!.Limits);
        Assert.Null(await SaveAsync(Owner, Press, [], Narrow, isNew: true));
        await BecomeAsync(Press);
        Clock.Advance(CallerFreshness.Age);
        await AssertReachesAsync(Room, [7, 9], ["news.acme.example"]);
        await AssertReachesAsync(other, [7, 9], ["news.acme.example"]);

        Assert.Null(await SaveAsync(Owner, Press, [], To([], null), isNew: false));
        await AssertReachesAsync(Room, [], null);
        await AssertReachesAsync(other, [7, 9], ["news.acme.example"]);   // not yet
        Clock.Advance(CallerFreshness.Age);
        await AssertReachesAsync(other, [], null);

        Assert.Null(await SaveAsync(Owner, Press, [], Limits.None, isNew: false));
        await AssertReachesAsync(Room, null, null);
    }

    [Fact]
    public async Task What_cannot_be_narrowed_is_refused_by_name_and_lost_where_it_is_stored_all_the_same()
    {
        foreach (var limits in new[] { To([7], null), To(null, ["news.acme.example"]), To([], []) })
        {
            var fault = Assert.IsType<CannotBeLimited>(await SaveAsync(Owner, Press, [Permissions.UsersManage, Permissions.AuditRead, .. Permissions.Narrowable], limits, isNew: true));
            Assert.Equal([Permissions.AuditRead, Permissions.UsersManage], fault.Permissions);
        }
        Assert.Null(await SaveAsync(Owner, Press, [Permissions.UsersManage, .. Permissions.Narrowable], Limits.None, isNew: true));
        await BecomeAsync(Press);
        Assert.True((await AskAsync(Room))!.May(Permissions.UsersManage));

        await Database.System.RunAsync("update tenancy.role set lists = '7' where name = @Press", new { Press }, Ct);
        Room.Memberships.Forget();
        Assert.Equal(Permissions.Narrowable, (await AskAsync(Room))!.Permissions);
        Assert.Equal(Permissions.Narrowable, (await Room.Roles.FindAsync(_acme.Tenant.Id, Press, Ct))!.Permissions);
    }

    [Fact]
    public async Task A_built_in_role_reaches_everything_whatever_was_stored()
    {
        Assert.IsType<BuiltInReachesAll>(await SaveAsync(Owner, "analyst", [], Narrow, isNew: false));
        await Database.System.RunAsync("insert into tenancy.role (tenant_id, name, permissions, lists, changed_at) values (@Tenant, 'analyst', 'audit.read', '7', now())", new { Tenant = _acme.Tenant.Id }, Ct);
        await BecomeAsync("analyst");

        var caller = (await AskAsync(Room))!;
        Assert.Equal(Limits.None, caller.Limits);
        Assert.True(caller.May(Permissions.AuditRead));
    }

    [Fact]
    public async Task Nobody_gives_makes_or_undoes_what_reaches_further_than_they_do()
    {
        Assert.Null(await SaveAsync(Owner, Press, [], Narrow, isNew: true));
        Assert.Null(await SaveAsync(Owner, "Everywhere", [], Limits.None, isNew: true));
        var lesser = Owner with { Limits = To([7], null) };

        Assert.IsType<LimitsNotYours>(await SaveAsync(lesser, "More", [], To([7, 8], null), isNew: true));
        Assert.IsType<LimitsNotYours>(await SaveAsync(lesser, "More", [], Limits.None, isNew: true));
        Assert.IsType<LimitsNotYours>(await SaveAsync(lesser, Press, [], To([7], null), isNew: false));   // would take 9 away
        Assert.IsType<LimitsNotYours>(await Room.Roles.DeleteAsync(lesser, Press, Ct));
        Assert.IsType<RoleReachesMore>(Granting.FaultOf(lesser, (await Room.Roles.FindAsync(_acme.Tenant.Id, Press, Ct))!));
        Assert.IsType<RoleReachesMore>(Granting.FaultOf(lesser, (await Room.Roles.FindAsync(_acme.Tenant.Id, "Everywhere", Ct))!));
        Assert.IsType<RoleReachesMore>(await Room.Invitations.InviteAsync(lesser, "new@acme.example", Press, Ct));

        Assert.Null(await SaveAsync(lesser, "Less", [], To([7], []), isNew: true));
        Assert.Null(Granting.FaultOf(lesser, (await Room.Roles.FindAsync(_acme.Tenant.Id, "Less", Ct))!));
        Assert.Null(Granting.FaultOf(Owner, (await Room.Roles.FindAsync(_acme.Tenant.Id, Press, Ct))!));
    }

    [Fact]
    public async Task An_operator_whom_the_tenant_lets_in_is_limited_too()
    {
        Assert.Null(await SaveAsync(Owner, Press, [], Narrow, isNew: true));
        await Room.NewTenantAsync("globex", "olga@host.example");
        await Database.System.RunAsync("delete from tenancy.membership m using tenancy.user_account u where m.user_id = u.user_id and u.user_id = @UserId", new { (await OlgaAsync()).UserId }, Ct);
        await Database.System.RunAsync("insert into tenancy.operator values (@UserId, now())", new { (await OlgaAsync()).UserId }, Ct);
        Assert.Null(await Room.Support.GrantAsync(Owner, Press, 1, "the press list looks odd", Ct));

        var olga = await OlgaAsync();
        var seat = (await Room.Memberships.SeatAsync(olga.UserId, _acme.Tenant.Id, olga.SecurityStamp, Ct))!;
        Assert.Equal([7, 9], seat.Caller.Limits.Lists!.Order());
    }

    [Fact]
    public async Task Too_many_names_are_refused() =>
        Assert.IsType<TooManyLimits>(await SaveAsync(Owner, Press, [], To([.. Enumerable.Range(1, ILimitChoices.Most + 1).Select(id => (long)id)], null), isNew: true));

    private Caller Owner => new(_acme.Tenant.Id, "acme", "Acme", "user:ann@acme.example", Permissions.All);

    private static Limits To(long[]? lists, string[]? domains) => new(lists?.ToFrozenSet(), domains?.ToFrozenSet(StringComparer.Ordinal));

    private Task<Fault?> SaveAsync(Caller caller, string name, string[] permissions, Limits limits, bool isNew) =>
        Room.Roles.SaveAsync(caller, name, permissions.ToFrozenSet(StringComparer.Ordinal), limits, isNew, Ct);

    private async Task<Tenancy.Users.Account> OlgaAsync() => (await Room.Accounts.FindAsync(EmailAddress.Parse("olga@host.example"), Ct))!;

    private async Task BecomeAsync(string role)
    {
        await Database.System.RunAsync("update tenancy.membership set role = @role where tenant_id = @Tenant", new { role, Tenant = _acme.Tenant.Id }, Ct);
        Room.Memberships.Forget();
    }

    private async Task AssertReachesAsync(TenancyRoom room, long[]? lists, string[]? domains)
    {
        var limits = (await AskAsync(room))!.Limits;
        Assert.Equal(lists, limits.Lists?.Order());
        Assert.Equal(domains, limits.SendingDomains?.Order(StringComparer.Ordinal));
    }

    private async Task<Caller?> AskAsync(TenancyRoom room)
    {
        var account = (await room.Accounts.FindAsync(EmailAddress.Parse("ann@acme.example"), Ct))!;
        return await room.Memberships.CallerAsync(account.UserId, _acme.Tenant.Id, account.SecurityStamp, Ct);
    }
}
