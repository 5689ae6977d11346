using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Modular.Tenancy.Policies;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Sessions;

public sealed class SessionTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private static readonly ClientTrace Desk = new("192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0");

    private CreatedTenant _acme = null!;   // set before each test
    private Account _ann = null!;

    protected override async Task FurnishAsync()
    {
        _acme = await Room.NewTenantAsync("acme");
        _ann = (await Room.Accounts.FindAsync(EmailAddress.Parse("ann@acme.example"), Ct))!;
    }

    [Fact]
    public async Task A_token_is_its_person_in_their_tenant_until_the_session_ends()
    {
        var (id, token) = await OpenAsync();
        var session = await Room.Sessions.FindAsync(token, Ct);

        Assert.Equal((id, _ann.UserId, _acme.Tenant.Id), (session!.SessionId, session.UserId, session.Tenant!.Value));
        Assert.Null(await Room.Sessions.FindAsync(token[1..] + "A", Ct));
        Assert.Null(await Room.Sessions.FindAsync("", Ct));
        Clock.Advance(TimeSpan.FromHours(12));
        Assert.Null(await Room.Sessions.FindAsync(token, Ct));
    }

    [Fact]
    public async Task The_database_holds_nothing_that_opens_a_session()
    {
        var (_, token) = await OpenAsync();
        var row = await Database.System.FindAsync<string>("select row_to_json(s)::text from tenancy.session s", null, Ct);

        Assert.DoesNotContain(token, row, StringComparison.Ordinal);
        Assert.DoesNotContain("Firefox", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fresh_factor_turns_the_token_and_the_old_one_opens_nothing_on_any_process()
    {
        using var other = new TenancyRoom(Database, Clock);
        var (id, old) = await OpenAsync();
        Assert.NotNull(await other.Sessions.FindAsync(old, Ct));
        Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.NotNull(await other.Sessions.FindAsync(old, Ct));
        var turned = (await Room.Sessions.RotateAsync(id, "password", Ct))!.Value;

        Assert.Null(await Room.Sessions.FindAsync(old, Ct));
        Clock.Advance(CallerFreshness.Age);
        Assert.Null(await other.Sessions.FindAsync(old, Ct));
        var session = await other.Sessions.FindAsync(turned.Token, Ct);
        Assert.Equal((id, Clock.GetUtcNow() - CallerFreshness.Age, turned.ExpiresAt), (session!.SessionId, session.ProvenAt, session.ExpiresAt));
    }

    [Fact]
    public async Task A_revoked_session_is_gone_within_seconds_on_every_process_and_cannot_be_turned()
    {
        using var other = new TenancyRoom(Database, Clock);
        var (id, token) = await OpenAsync();
        Assert.NotNull(await other.Sessions.FindAsync(token, Ct));
        Assert.True(await Room.Sessions.RevokeAsync(_ann.UserId, id, Ct));

        Assert.Null(await Room.Sessions.FindAsync(token, Ct));
        Clock.Advance(CallerFreshness.Age);
        Assert.Null(await other.Sessions.FindAsync(token, Ct));
        Assert.Null(await Room.Sessions.RotateAsync(id, "password", Ct));
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another()
    {
        await Room.NewTenantAsync("globex", "bob@globex.example");
        var bob = (await Room.Accounts.FindAsync(EmailAddress.Parse("bob@globex.example"), Ct))!;
        var (id, token) = await OpenAsync();

        Assert.False(await Room.Sessions.RevokeAsync(bob.UserId, id, Ct));
        Assert.Equal(0, await Room.Sessions.RevokeOthersAsync(bob.UserId, 0, Ct));
        Assert.NotNull(await Room.Sessions.FindAsync(token, Ct));
    }

    [Fact]
    public async Task Ending_the_others_leaves_this_one()
    {
        var (here, token) = await OpenAsync();
        await OpenAsync();
        await OpenAsync();

        Assert.Equal(2, await Room.Sessions.RevokeOthersAsync(_ann.UserId, here, Ct));
        Assert.Equal([here], (await Room.Sessions.ListAsync(_ann.UserId, Ct)).Select(s => s.SessionId));
        Assert.NotNull(await Room.Sessions.FindAsync(token, Ct));
    }

    [Fact]
    public async Task A_new_password_ends_them_all()
    {
        var (_, token) = await OpenAsync();
        Assert.NotNull(await AskAsync(token));
        await Room.Accounts.SetPasswordAsync((await Room.Accounts.FindAsync(EmailAddress.Parse("ann@acme.example"), Ct))!.UserId, "another good password", Ct);
        Clock.Advance(CallerFreshness.Age);

        Assert.Null(await AskAsync(token));
        Assert.Empty(await Room.Sessions.ListAsync(_ann.UserId, Ct));
    }

    [Fact]
    public async Task The_oldest_give_way_when_there_are_too_many()
    {
        var first = await OpenAsync();
        for (var i = 0; i < SessionBook.MostPerPerson; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await OpenAsync();
        }

        Assert.Equal(SessionBook.MostPerPerson, (await Room.Sessions.ListAsync(_ann.UserId, Ct)).Count);
        Assert.Null(await Room.Sessions.FindAsync(first.Token, Ct));
    }

    [Fact]
    public async Task Without_use_a_session_ends_and_a_page_that_refreshes_itself_is_no_use()
    {
        await Room.Policies.SaveAsync(_acme.Tenant.Id, new AccessPolicy { Session = new SessionPolicy { IdleMinutes = 30 } }, Ct);
        var (_, used) = await OpenAsync();
        var (_, unused) = await OpenAsync();
        for (var minutes = 0; minutes < 60; minutes += 20)
        {
            Assert.NotNull(await AskAsync(used));
            if (minutes <= 30) Assert.NotNull(await AskAsync(unused, refreshesItself: true));
            Clock.Advance(TimeSpan.FromMinutes(20));
        }

        Assert.NotNull(await AskAsync(used));
        Assert.Null(await AskAsync(unused));
    }

    private Task<(long SessionId, string Token)> OpenAsync() =>
        Room.Sessions.OpenAsync(_ann.UserId, _acme.Tenant.Id, _ann.SecurityStamp, "password", Desk, Clock.GetUtcNow().AddHours(12), Ct);

    /// <summary>As the cookie handler asks, once it has unsealed the cookie.</summary>
    private async Task<Caller?> AskAsync(string token, bool refreshesItself = false)
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Loopback } };
        if (refreshesItself) http.Request.Headers["HX-Request"] = "true";
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ConsoleCookie.TokenClaim, token)], ConsoleCookie.Scheme)), ConsoleCookie.Scheme);
        var context = new CookieValidatePrincipalContext(http, new AuthenticationScheme(ConsoleCookie.Scheme, null, typeof(CookieAuthenticationHandler)), new CookieAuthenticationOptions(), ticket);
        await new ConsoleCookie(Room.Sessions, Room.Memberships, Room.Policies, Room.Networks, Room.Gate, Clock).ValidatePrincipal(context);
        Assert.Equal(context.Principal is null, http.Features.Get<Caller>() is null);
        return http.Features.Get<Caller>();
    }
}
