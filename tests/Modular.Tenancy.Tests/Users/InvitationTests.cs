using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Modular.Tenancy.Invitations;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Users;

public sealed partial class InvitationTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private const string Bob = "bob@elsewhere.example";
    private const string Good = "seven lamps by the river";

    private CreatedTenant _acme = null!;   // set before each test

    protected override async Task FurnishAsync() => _acme = await Room.NewTenantAsync("acme");

    [Fact]
    public async Task Who_is_invited_joins_once_with_the_role_and_a_password_of_their_own()
    {
        var token = await InviteAsync("analyst");
        Assert.IsType<PasswordTooShort>(await Room.Invitations.AcceptAsync(token, "too short", Ct));
        Assert.Null(await Room.Invitations.AcceptAsync(token, Good, Ct));

        Assert.IsType<LinkNotGood>(await Room.Invitations.AcceptAsync(token, Good, Ct));
        Assert.Equal(["owner", "analyst"], (await Room.Members.ListAsync(_acme.Tenant.Id, Ct)).Select(m => m.Role));
        Assert.Empty(await Room.Invitations.PendingAsync(_acme.Tenant.Id, Ct));
        Assert.Equal(["user.invited", "user.joined"], Room.Audit.Entries.Select(e => e.Action).Where(a => a.StartsWith("user.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_has_an_account_keeps_their_password_and_works_in_both_tenants()
    {
        var globex = await Room.NewTenantAsync("globex", Bob);
        Assert.Null(await Room.Invitations.AcceptAsync(await InviteAsync("marketer"), "another password than theirs", Ct));

        var bob = (await Room.Accounts.FindAsync(EmailAddress.Parse(Bob), Ct))!;
        Assert.True(Room.Passwords.IsRight(bob.PasswordHash, globex.Password!, out _));
        Assert.True((await Room.Memberships.CallerAsync(bob.UserId, globex.Tenant.Id, bob.SecurityStamp, Ct))!.May(Permissions.UsersManage));
        Assert.False((await Room.Memberships.CallerAsync(bob.UserId, _acme.Tenant.Id, bob.SecurityStamp, Ct))!.May(Permissions.UsersManage));
    }

    [Fact]
    public async Task Of_two_that_accept_one_invitation_at_once_one_wins()
    {
        var token = await InviteAsync("analyst");
        var faults = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Room.Invitations.AcceptAsync(token, $"{Good} {i}", Ct))));

        Assert.Equal(7, faults.Count(f => f is LinkNotGood));
        var bob = (await Room.Accounts.FindAsync(EmailAddress.Parse(Bob), Ct))!;
        Assert.True(Room.Passwords.IsRight(bob.PasswordHash, $"{Good} {Array.IndexOf(faults, null)}", out _));
    }

    [Fact]
    public async Task Too_old_taken_back_and_replaced_ones_are_not_good()
    {
        var replaced = await InviteAsync("analyst");
        var revoked = await InviteAsync("analyst");
        Assert.IsType<LinkNotGood>(await Room.Invitations.AcceptAsync(replaced, Good, Ct));
        Assert.True(await Room.Invitations.RevokeAsync(Owner, (await Room.Invitations.PendingAsync(_acme.Tenant.Id, Ct)).Single().Id, Ct));
        Assert.IsType<LinkNotGood>(await Room.Invitations.AcceptAsync(revoked, Good, Ct));
        var old = await InviteAsync("analyst");
        Clock.Advance(InvitationBook.Age);

        Assert.IsType<LinkNotGood>(await Room.Invitations.AcceptAsync(old, Good, Ct));
    }

    [Fact]
    public async Task Nobody_takes_back_what_another_tenant_sent()
    {
        var globex = await Room.NewTenantAsync("globex", "carl@globex.example");
        await InviteAsync("analyst");
        var id = (await Room.Invitations.PendingAsync(_acme.Tenant.Id, Ct)).Single().Id;

        Assert.False(await Room.Invitations.RevokeAsync(Holding(globex.Tenant.Id, [.. Permissions.All]), id, Ct));
        Assert.Empty(await Room.Invitations.PendingAsync(globex.Tenant.Id, Ct));
    }

    [Fact]
    public async Task Who_manages_users_gives_nothing_that_they_do_not_hold()
    {
        var some = Holding(_acme.Tenant.Id, [Permissions.UsersManage, .. Role.Analyst.Permissions]);

        Assert.Equal(403, Assert.IsType<RoleHoldsMore>(await Room.Invitations.InviteAsync(some, Bob, "marketer", Ct)).Status);
        Assert.IsType<RoleHoldsMore>(await Room.Invitations.InviteAsync(some, Bob, "owner", Ct));
        Assert.IsType<UnknownRole>(await Room.Invitations.InviteAsync(some, Bob, "emperor", Ct));
        Assert.IsType<BadAddress>(await Room.Invitations.InviteAsync(some, "no address", "analyst", Ct));
        Assert.IsType<MemberAlready>(await Room.Invitations.InviteAsync(some, "ann@acme.example", "analyst", Ct));
        Assert.Null(await Room.Invitations.InviteAsync(some, Bob, "analyst", Ct));
    }

    [Fact]
    public async Task Who_manages_users_cannot_touch_one_who_holds_more_and_cannot_raise_themselves()
    {
        await Room.Invitations.AcceptAsync(await InviteAsync("analyst"), Good, Ct);
        var people = await Room.Members.ListAsync(_acme.Tenant.Id, Ct);
        var some = Holding(_acme.Tenant.Id, [Permissions.UsersManage, .. Role.Analyst.Permissions]) with { UserId = people[1].UserId };

        Assert.IsType<RoleHoldsMore>(await Room.Members.RemoveAsync(some, people[0].UserId, Ct));
        Assert.IsType<RoleHoldsMore>(await Room.Members.ChangeAsync(some, people[0].UserId, "analyst", Ct));
        Assert.IsType<RoleHoldsMore>(await Room.Members.ChangeAsync(some, people[1].UserId, "owner", Ct));
    }

    [Fact]
    public async Task There_is_always_an_owner_left_even_when_two_remove_each_other_at_once()
    {
        var ann = (await Room.Members.ListAsync(_acme.Tenant.Id, Ct)).Single();
        Assert.IsType<LastOwner>(await Room.Members.RemoveAsync(Owner, ann.UserId, Ct));
        Assert.IsType<LastOwner>(await Room.Members.ChangeAsync(Owner, ann.UserId, "analyst", Ct));
        await Room.Invitations.AcceptAsync(await InviteAsync("owner"), Good, Ct);
        var people = await Room.Members.ListAsync(_acme.Tenant.Id, Ct);
        var faults = await Task.WhenAll(people.Select(p => Task.Run(() => Room.Members.RemoveAsync(Owner, p.UserId, Ct))));

        Assert.Single(faults, f => f is LastOwner);
        Assert.Equal("owner", Assert.Single(await Room.Members.ListAsync(_acme.Tenant.Id, Ct)).Role);
    }

    [Fact]
    public async Task Who_is_removed_is_out_and_it_is_on_record()
    {
        await Room.Invitations.AcceptAsync(await InviteAsync("analyst"), Good, Ct);
        var bob = (await Room.Accounts.FindAsync(EmailAddress.Parse(Bob), Ct))!;
        Assert.Null(await Room.Members.ChangeAsync(Owner, bob.UserId, "marketer", Ct));
        Assert.True((await Room.Memberships.CallerAsync(bob.UserId, _acme.Tenant.Id, bob.SecurityStamp, Ct))!.May(Permissions.CampaignsSend));
        Assert.Null(await Room.Members.RemoveAsync(Owner, bob.UserId, Ct));

        Assert.Null(await Room.Memberships.CallerAsync(bob.UserId, _acme.Tenant.Id, bob.SecurityStamp, Ct));
        var changed = Room.Audit.Entries.Single(e => e.Action == "user.role-changed");
        Assert.Equal(("analyst", "marketer"), (changed.Before, changed.After));
    }

    [Fact]
    public async Task A_role_that_somebody_is_invited_to_stays()
    {
        await Room.Roles.SaveAsync(Owner, "Press office", FrozenSet.Create(StringComparer.Ordinal, Permissions.CampaignsRead), Limits.None, isNew: true, Ct);
        await InviteAsync("Press office");
        Assert.IsType<RoleInUse>(await Room.Roles.DeleteAsync(Owner, "Press office", Ct));
        Clock.Advance(InvitationBook.Age);

        Assert.Null(await Room.Roles.DeleteAsync(Owner, "Press office", Ct));
    }

    [Fact]
    public async Task The_database_holds_neither_the_address_nor_the_token()
    {
        var token = await InviteAsync("analyst");
        var row = await Database.System.FindAsync<string>("select row_to_json(i)::text from tenancy.invitation i", null, Ct);

        Assert.DoesNotContain(token, row, StringComparison.Ordinal);
        Assert.DoesNotContain("bob", row, StringComparison.Ordinal);
    }

    private Caller Owner => Holding(_acme.Tenant.Id, [.. Permissions.All]);

    private static Caller Holding(TenantId tenant, string[] permissions) => new(tenant, "acme", "Acme", "user:someone@acme.example", permissions.ToFrozenSet(StringComparer.Ordinal)) { UserId = 1 };

    private async Task<string> InviteAsync(string role)
    {
        Assert.Null(await Room.Invitations.InviteAsync(Owner, Bob, role, Ct));
        return Link().Match(Room.Written[^1].Text).Groups[1].Value;
    }

    [GeneratedRegex("https://console.host.example/invitation/([A-Za-z0-9_-]+)")]
    private static partial Regex Link();
}
