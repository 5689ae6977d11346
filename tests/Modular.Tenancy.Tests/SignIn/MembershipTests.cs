using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SignIn;

/// <summary>A right that was taken away is gone within seconds, on every process.</summary>
public sealed class MembershipTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly EmailAddress Ann = EmailAddress.Parse("ann@acme.example");
    private static readonly TimeSpan Seconds = TenantBook.Freshness + CallerFreshness.Age;

    private readonly FakeClock _clock = new();
    private TestDatabase _database = null!;   // set before each test
    private TenancyRoom _room = null!;
    private CreatedTenant _acme = null!;
    private Account _account = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _room = new TenancyRoom(_database, _clock);
        _acme = await _room.NewTenantAsync("acme");
        _account = (await _room.Accounts.FindAsync(Ann, Ct))!;
    }

    public async ValueTask DisposeAsync()
    {
        _room.Dispose();
        await _database.DisposeAsync();
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
        var globex = await _room.NewTenantAsync("globex", "bob@globex.example");

        Assert.Null(await _room.Memberships.CallerAsync(_account.UserId, globex.Tenant.Id, _account.SecurityStamp, Ct));
        Assert.Null(await _room.Memberships.CallerAsync(_account.UserId, _acme.Tenant.Id, "another", Ct));
        Assert.Null(await _room.Memberships.CallerAsync(999, _acme.Tenant.Id, _account.SecurityStamp, Ct));
    }

    [Fact]
    public async Task A_new_password_ends_the_sessions()
    {
        Assert.NotNull(await CallerAsync());
        await _room.Accounts.SetPasswordAsync((await _room.Accounts.FindAsync(Ann, Ct))!.UserId, "another good password", Ct);
        _clock.Advance(Seconds);

        Assert.Null(await CallerAsync());
    }

    [Theory]
    [InlineData("delete from tenancy.membership")]
    [InlineData("update tenancy.tenant set state = 'deactivated'")]
    public async Task Who_is_no_member_any_more_or_of_no_active_tenant_is_no_caller(string change)
    {
        Assert.NotNull(await CallerAsync());
        await _database.System.RunAsync(change, null, Ct);
        _clock.Advance(Seconds);

        Assert.Null(await CallerAsync());
        Assert.Equal(change.StartsWith("delete", StringComparison.Ordinal), (await _room.Callers.FromKeyAsync(_acme.Key, null, Ct)).IsOk);   // the key is the tenant's, not the member's
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
        await _database.System.RunAsync("update tenancy.membership set role = @role", new { role }, Ct);

        Assert.Equal(may, (await CallerAsync())!.May(permission));
    }

    private ValueTask<Caller?> CallerAsync() => _room.Memberships.CallerAsync(_account.UserId, _acme.Tenant.Id, _account.SecurityStamp, Ct);
}
