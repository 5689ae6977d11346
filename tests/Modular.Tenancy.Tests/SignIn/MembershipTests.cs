using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SignIn;

/// <summary>A right that was taken away is gone within seconds, on every process.</summary>
public sealed class MembershipTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private static readonly EmailAddress Ann = EmailAddress.Parse("ann@acme.example");
    private static readonly TimeSpan Seconds = TenantBook.Freshness + CallerFreshness.Age;

    private CreatedTenant _acme = null!;   // set before each test
    private Account _account = null!;

    protected override async Task FurnishAsync()
    {
        _acme = await Room.NewTenantAsync("acme");
        _account = (await Room.Accounts.FindAsync(Ann, Ct))!;
    }

    [Fact]
    public async Task The_caller_is_the_person_in_the_tenant_with_the_roles_rights()
    {
        var caller = await CallerAsync();

        Assert.Equal((_acme.Tenant.Id, "acme", "user:ann@acme.example"), (caller!.Tenant, caller.TenantSlug, caller.Actor));
        Assert.Equal(Permissions.All, caller.Permissions);
    }

    [Fact]
    public async Task There_is_none_in_another_tenant_or_with_another_stamp()
    {
        var globex = await Room.NewTenantAsync("globex", "bob@globex.example");

        Assert.Null(await Room.Memberships.CallerAsync(_account.UserId, globex.Tenant.Id, _account.SecurityStamp, Ct));
        Assert.Null(await Room.Memberships.CallerAsync(_account.UserId, _acme.Tenant.Id, "another", Ct));
        Assert.Null(await Room.Memberships.CallerAsync(999, _acme.Tenant.Id, _account.SecurityStamp, Ct));
    }

    [Fact]
    public async Task A_new_password_ends_the_sessions()
    {
        Assert.NotNull(await CallerAsync());
        await Room.Accounts.SetPasswordAsync((await Room.Accounts.FindAsync(Ann, Ct))!.UserId, "another good password", Ct);
        Clock.Advance(Seconds);

        Assert.Null(await CallerAsync());
    }

    [Theory]
    [InlineData("delete from tenancy.membership")]
    [InlineData("update tenancy.tenant set state = 'deactivated'")]
    public async Task Who_is_no_member_any_more_or_of_no_active_tenant_is_no_caller(string change)
    {
        Assert.NotNull(await CallerAsync());
        await Database.System.RunAsync(change, null, Ct);
        Clock.Advance(Seconds);

        Assert.Null(await CallerAsync());
        Assert.Equal(change.StartsWith("delete", StringComparison.Ordinal), (await Room.Callers.FromKeyAsync(_acme.Key, null, Ct)).IsOk);   // the key is the tenant's, not the member's
    }

    [Theory]
    [InlineData("analyst", Permissions.ContactsRead, true)]
    [InlineData("analyst", Permissions.ContactsEdit, false)]
    [InlineData("analyst", Permissions.AuditRead, false)]
    [InlineData("marketer", Permissions.CampaignsSend, true)]
    [InlineData("marketer", Permissions.ContactsExport, false)]
    [InlineData("marketer", Permissions.KeysManage, false)]
    [InlineData("unheard of", Permissions.ContactsRead, false)]
    public async Task Another_role_has_other_rights(string role, string permission, bool may)
    {
        await Database.System.RunAsync("update tenancy.membership set role = @role", new { role }, Ct);

        Assert.Equal(may, (await CallerAsync())!.May(permission));
    }

    private ValueTask<Caller?> CallerAsync() => Room.Memberships.CallerAsync(_account.UserId, _acme.Tenant.Id, _account.SecurityStamp, Ct);
}
