using System.Collections.Frozen;
using Modular.Tenancy.Roles;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Roles;

/// <summary>A tenant makes roles and changes the built-in ones; nobody gives what they do not hold.</summary>
public sealed class RoleBookTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private CreatedTenant _acme = null!;   // set before each test

    protected override async Task FurnishAsync() => _acme = await Room.NewTenantAsync("acme");

    [Fact]
    public async Task A_role_of_the_tenants_own_gives_what_it_says_and_only_there()
    {
        var globex = await Room.NewTenantAsync("globex", "bob@globex.example");
        Assert.Null(await SaveAsync(Owner, "Press office", [Permissions.CampaignsRead], isNew: true));
        await BecomeAsync("Press office");

        Assert.Equal([Permissions.CampaignsRead], (await AskAsync(Room))!.Permissions);
        Assert.Null(await Room.Roles.FindAsync(globex.Tenant.Id, "Press office", Ct));
    }

    [Fact]
    public async Task A_change_takes_effect_within_seconds_on_every_process()
    {
        using var other = new TenancyRoom(Database, Clock);
        await BecomeAsync("analyst");
        Assert.True((await AskAsync(other))!.May(Permissions.ContactsRead));
        Assert.Null(await SaveAsync(Owner, "analyst", [Permissions.CampaignsRead], isNew: false));

        Assert.False((await AskAsync(Room))!.May(Permissions.ContactsRead));
        Clock.Advance(CallerFreshness.Age);
        Assert.False((await AskAsync(other))!.May(Permissions.ContactsRead));
        Assert.Null(await Room.Roles.DeleteAsync(Owner, "analyst", Ct));
        Assert.True((await AskAsync(Room))!.May(Permissions.ContactsRead));
    }

    [Fact]
    public async Task Nobody_puts_in_or_takes_out_what_they_do_not_hold()
    {
        var lesser = Holding(Permissions.RolesManage, Permissions.ContactsRead);

        Assert.IsType<PermissionNotYours>(await SaveAsync(lesser, "More", [Permissions.ContactsRead, Permissions.ContactsExport], isNew: true));
        Assert.IsType<PermissionNotYours>(await SaveAsync(lesser, "analyst", [Permissions.ContactsRead], isNew: false));   // would take campaigns.read out
        Assert.IsType<PermissionNotYours>(await SaveAsync(lesser, "Nonsense", ["no.such"], isNew: true));
        Assert.IsType<PermissionNotYours>(await Room.Roles.DeleteAsync(lesser, "analyst", Ct));
        Assert.Null(await SaveAsync(lesser, "Readers", [Permissions.ContactsRead], isNew: true));
    }

    [Fact]
    public async Task The_owners_role_is_never_another()
    {
        Assert.IsType<OwnerIsFixed>(await SaveAsync(Owner, "owner", [Permissions.ContactsRead], isNew: false));
        await Database.System.RunAsync("insert into tenancy.role values (@Tenant, 'owner', '', now())", new { Tenant = _acme.Tenant.Id }, Ct);

        Assert.Equal(Permissions.All, (await AskAsync(Room))!.Permissions);
    }

    [Fact]
    public async Task A_role_that_somebody_has_stays()
    {
        await SaveAsync(Owner, "Press office", [Permissions.CampaignsRead], isNew: true);
        await BecomeAsync("Press office");
        Assert.IsType<RoleInUse>(await Room.Roles.DeleteAsync(Owner, "Press office", Ct));
        await BecomeAsync("marketer");

        Assert.Null(await Room.Roles.DeleteAsync(Owner, "Press office", Ct));
        Assert.IsType<NotFound>(await Room.Roles.DeleteAsync(Owner, "Press office", Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(" padded ")]
    [InlineData("marketer")]
    [InlineData("<script>")]
    [InlineData("a name that is longer than forty characters")]
    public async Task Bad_names_are_refused(string name) => Assert.IsType<BadRoleName>(await SaveAsync(Owner, name, [Permissions.ContactsRead], isNew: true));

    [Fact]
    public async Task The_list_says_what_is_built_in_what_was_changed_and_who_has_it()
    {
        await SaveAsync(Owner, "Press office", [Permissions.CampaignsRead], isNew: true);
        await SaveAsync(Owner, "marketer", [Permissions.CampaignsRead], isNew: false);

        var listed = await Room.Roles.ListAsync(_acme.Tenant.Id, Ct);
        Assert.Equal(["owner", "administrator", "marketer", "analyst", "data-manager", "developer", "Press office"], listed.Select(r => r.Role.Name));
        Assert.Equal(["marketer"], listed.Where(r => r.IsChanged).Select(r => r.Role.Name));
        Assert.Equal(["owner"], listed.Where(r => r.Members > 0).Select(r => r.Role.Name));
    }

    private Caller Owner => Holding([.. Permissions.All]);

    private Caller Holding(params string[] permissions) => new(_acme.Tenant.Id, "acme", "Acme", "user:someone@acme.example", permissions.ToFrozenSet(StringComparer.Ordinal));

    private Task<Fault?> SaveAsync(Caller caller, string name, string[] permissions, bool isNew) => Room.Roles.SaveAsync(caller, name, permissions.ToFrozenSet(StringComparer.Ordinal), Limits.None, isNew, Ct);

    private async Task BecomeAsync(string role)
    {
        await Database.System.RunAsync("update tenancy.membership set role = @role where tenant_id = @Tenant", new { role, Tenant = _acme.Tenant.Id }, Ct);
        Room.Memberships.Forget();
    }

    private async Task<Caller?> AskAsync(TenancyRoom room)
    {
        var account = (await room.Accounts.FindAsync(EmailAddress.Parse("ann@acme.example"), Ct))!;
        return await room.Memberships.CallerAsync(account.UserId, _acme.Tenant.Id, account.SecurityStamp, Ct);
    }
}
