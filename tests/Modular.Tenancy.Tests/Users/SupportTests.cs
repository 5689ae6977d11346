using System.Collections.Frozen;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.SupportAccess;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Users;

public sealed class SupportTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private CreatedTenant _acme = null!;   // set before each test
    private Account _olga = null!;

    protected override async Task FurnishAsync()
    {
        _acme = await Room.NewTenantAsync("acme");
        await Room.NewTenantAsync("globex", "olga@host.example");
        _olga = (await Room.Accounts.FindAsync(EmailAddress.Parse("olga@host.example"), Ct))!;
        await Database.System.RunAsync("insert into tenancy.operator values (@Id, now())", new { Id = _olga.UserId }, Ct);
    }

    [Fact]
    public async Task The_grant_ends_by_itself_even_for_what_is_remembered()
    {
        Assert.Null(await SeatAsync());
        Assert.Null(await GrantAsync(Owner, hours: 1));
        Assert.False((await SeatAsync())!.Caller.May(Permissions.ContactsExport));
        Assert.True((await SeatAsync())!.Caller.May(Permissions.ContactsRead));
        Assert.StartsWith("operator:", (await SeatAsync())!.Caller.Actor, StringComparison.Ordinal);
        Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.NotNull(await SeatAsync());
        Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await SeatAsync());
        Assert.Null(await Room.Support.FindAsync(_acme.Tenant.Id, Ct));
    }

    [Fact]
    public async Task It_opens_the_console_alone_and_only_to_operators()
    {
        await GrantAsync(Owner, hours: 1);
        Assert.Null(await Room.Memberships.CallerAsync(_olga.UserId, _acme.Tenant.Id, _olga.SecurityStamp, Ct));   // drop folders and submission
        await Database.System.RunAsync("delete from tenancy.operator", null, Ct);
        Room.Memberships.Forget();

        Assert.Null(await SeatAsync());
    }

    [Fact]
    public async Task Taken_back_it_ends_within_seconds_on_every_process()
    {
        using var other = new TenancyRoom(Database, Clock);
        await GrantAsync(Owner, hours: 1);
        Assert.NotNull(await other.Memberships.SeatAsync(_olga.UserId, _acme.Tenant.Id, _olga.SecurityStamp, Ct));
        Assert.True(await Room.Support.RevokeAsync(Owner, Ct));

        Assert.Null(await SeatAsync());
        Clock.Advance(CallerFreshness.Age);
        Assert.Null(await other.Memberships.SeatAsync(_olga.UserId, _acme.Tenant.Id, _olga.SecurityStamp, Ct));
        Assert.False(await Room.Support.RevokeAsync(Owner, Ct));
    }

    [Fact]
    public async Task Nobody_gives_more_than_they_hold_or_longer_than_three_days_and_who_is_in_by_it_cannot_lengthen_it()
    {
        Assert.IsType<BadHours>(await GrantAsync(Owner, hours: 73));
        Assert.IsType<BadHours>(await GrantAsync(Owner, hours: 0));
        Assert.IsType<NotAsOwner>(await GrantAsync(Owner, hours: 1, role: "owner"));
        Assert.IsType<Modular.Tenancy.SupportAccess.BadReason>(await GrantAsync(Owner, hours: 1, reason: ""));
        Assert.IsType<Modular.Tenancy.Roles.RoleHoldsMore>(await GrantAsync(Owner with { Permissions = FrozenSet.Create(StringComparer.Ordinal, Permissions.SupportGrant) }, hours: 1));
        Assert.IsType<NotBySupport>(await GrantAsync(Owner with { SupportUntil = Clock.GetUtcNow() }, hours: 1));
        Assert.Null(await Room.Support.FindAsync(_acme.Tenant.Id, Ct));
    }

    private Caller Owner => new(_acme.Tenant.Id, "acme", "Acme", "user:ann@acme.example", Permissions.All) { UserId = 1 };

    private Task<Fault?> GrantAsync(Caller caller, int hours, string role = "analyst", string reason = "A stuck import") => Room.Support.GrantAsync(caller, role, hours, reason, Ct);

    private ValueTask<Seat?> SeatAsync() => Room.Memberships.SeatAsync(_olga.UserId, _acme.Tenant.Id, _olga.SecurityStamp, Ct);
}
