using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Web;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SignIn;

public sealed class BasicCredentialsTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private CreatedTenant _acme = null!;   // set before each test
    private CreatedTenant _globex = null!;

    protected override async Task FurnishAsync()
    {
        _acme = await Room.NewTenantAsync("acme");
        _globex = await Room.NewTenantAsync("globex", "bob@globex.example");
    }

    [Fact]
    public async Task A_person_is_known_by_address_and_password()
    {
        var caller = await AskAsync("acme", $"Ann@acme.example:{_acme.Password}");
        Assert.Equal((_acme.Tenant.Id, "user:ann@acme.example"), (caller!.Tenant, caller.Actor));
    }

    [Fact]
    public async Task A_program_is_known_by_its_key()
    {
        var caller = await AskAsync("acme", $"key:{_acme.Key}");
        Assert.Equal((_acme.Tenant.Id, "key:administrator"), (caller!.Tenant, caller.Actor));
    }

    [Fact]
    public async Task Nobody_comes_into_another_tenants_folder()
    {
        Assert.Null(await AskAsync("globex", $"ann@acme.example:{_acme.Password}"));
        Assert.Null(await AskAsync("globex", $"key:{_acme.Key}"));
        Assert.Null(await AskAsync("acme", $"key:{_globex.Key}"));
        Assert.Null(await AskAsync("initech", $"key:{_acme.Key}"));
    }

    [Theory]
    [InlineData("ann@acme.example:wrong")]
    [InlineData("nobody@acme.example:wrong")]
    [InlineData("key:mk_wrong")]
    [InlineData("key:")]
    [InlineData(":")]
    [InlineData("no colon")]
    public async Task Wrong_ones_are_nobody(string credentials) => Assert.Null(await AskAsync("acme", credentials));

    [Theory]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic /////w==")]   // no UTF-8
    [InlineData("Bearer abc")]
    public async Task A_header_that_is_none_of_ours_is_nobody(string header)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Authorization = header;
        Assert.Null(await Room.Basic.FromBasicAsync(context, "acme", Ct));
    }

    [Fact]
    public async Task In_clear_from_another_machine_they_are_not_looked_at()
    {
        Assert.Null(await AskAsync("acme", $"key:{_acme.Key}", from: IPAddress.Parse("192.0.2.1")));
        Assert.NotNull(await AskAsync("acme", $"key:{_acme.Key}", from: IPAddress.Loopback));
    }

    [Fact]
    public async Task A_right_password_is_hashed_once_and_not_for_every_request()
    {
        var account = (await Room.Accounts.FindAsync(EmailAddress.Parse("ann@acme.example"), Ct))!;
        Assert.NotNull(await AskAsync("acme", $"ann@acme.example:{_acme.Password}"));

        // From here on no hash could be right, so who is let in was remembered.
        await Database.System.RunAsync("update tenancy.user_account set password_hash = @Hash where user_id = @UserId", new { Hash = Room.Passwords.Hash("something else"), account.UserId }, Ct);
        Assert.NotNull(await AskAsync("acme", $"ann@acme.example:{_acme.Password}"));
        Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await AskAsync("acme", $"ann@acme.example:{_acme.Password}"));
    }

    [Fact]
    public async Task A_remembered_password_ends_when_it_is_changed()
    {
        Assert.NotNull(await AskAsync("acme", $"ann@acme.example:{_acme.Password}"));
        await Room.Accounts.SetPasswordAsync((await Room.Accounts.FindAsync(EmailAddress.Parse("ann@acme.example"), Ct))!.UserId, "another good password", Ct);
        Clock.Advance(CallerFreshness.Age);

        Assert.Null(await AskAsync("acme", $"ann@acme.example:{_acme.Password}"));
        Assert.NotNull(await AskAsync("acme", "ann@acme.example:another good password"));
    }

    [Fact]
    public async Task Guessing_is_stopped_though_it_is_not_the_sign_in_page()
    {
        var ann = Room.Accounts.IndexOf(EmailAddress.Parse("ann@acme.example"));
        for (var i = 1; i < SignInThrottle.PerAccountHere; i++) Room.Throttle.CountFailure(ann, new Origin(AddressForm.NetworkOf(null)));
        Assert.Null(await AskAsync("acme", "ann@acme.example:the last guess"));
        Assert.Null(await AskAsync("acme", $"ann@acme.example:{_acme.Password}"));
    }

    private ValueTask<Caller?> AskAsync(string slug, string credentials, IPAddress? from = null)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = from;
        context.Request.Headers.Authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
        return Room.Basic.FromBasicAsync(context, slug, Ct);
    }
}
