using System.Diagnostics;
using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Testing;
using Npgsql;

namespace Modular.Tenancy.Tests.Access;

/// <summary>What a check of rights costs, and how soon a right that was taken away is gone.</summary>
public sealed class SteadyStateTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private CreatedTenant _acme = null!;   // set before each test
    private string _token = "";

    protected override async Task FurnishAsync()
    {
        _acme = await Room.NewTenantAsync("acme");
        var ann = (await Room.Accounts.FindAsync(EmailAddress.Parse("ann@acme.example"), Ct))!;
        (_, _token) = await Room.Sessions.OpenAsync(ann.UserId, _acme.Tenant.Id, ann.SecurityStamp, "password", new ClientTrace("192.0.2.1", "Firefox"), Clock.GetUtcNow().AddHours(12), Ct);
    }

    [Fact]
    public async Task In_steady_state_a_check_of_rights_asks_the_database_nothing()
    {
        await CheckAsync(Room);
        Assert.Equal(0, await CountQueriesAsync(async () =>
        {
            for (var i = 0; i < 100; i++) await CheckAsync(Room);
        }));

        Clock.Advance(CallerFreshness.Age);
        Assert.InRange(await CountQueriesAsync(() => CheckAsync(Room)), 1, 8);   // and the counting counts
    }

    [Fact]
    public async Task A_right_that_was_taken_away_is_gone_within_five_seconds_on_every_process()
    {
        using var other = new TenancyRoom(Database, Clock);
        var session = (await Room.Sessions.FindAsync(_token, Ct))!;
        Assert.True((await other.Memberships.CallerAsync(session.UserId, _acme.Tenant.Id, session.Stamp, Ct))!.May(Permissions.ContactsExport));
        await Database.System.RunAsync("update tenancy.membership set role = 'analyst'", null, Ct);
        Assert.True(CallerFreshness.Age < TimeSpan.FromSeconds(5));
        Clock.Advance(CallerFreshness.Age);

        Assert.False((await other.Memberships.CallerAsync(session.UserId, _acme.Tenant.Id, session.Stamp, Ct))!.May(Permissions.ContactsExport));
    }

    /// <summary>By session, as the console asks, and by key, as REST does.</summary>
    private async Task CheckAsync(TenancyRoom room)
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Loopback } };
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ConsoleCookie.TokenClaim, _token)], ConsoleCookie.Scheme)), ConsoleCookie.Scheme);
        var context = new CookieValidatePrincipalContext(http, new AuthenticationScheme(ConsoleCookie.Scheme, null, typeof(CookieAuthenticationHandler)), new CookieAuthenticationOptions(), ticket);
        await new ConsoleCookie(room.Sessions, room.Memberships, room.Policies, room.Networks, room.Gate, Clock).ValidatePrincipal(context);
        Assert.True(http.Features.Get<Caller>()!.May(Permissions.ContactsRead));
        Assert.True((await room.Callers.FromKeyAsync(_acme.Key, IPAddress.Loopback, Ct)).Value.May(Permissions.ContactsRead));
    }

    /// <summary>Commands that this test's own database was sent, by whatever part of the suite.</summary>
    private async Task<int> CountQueriesAsync(Func<Task> act)
    {
        var name = new NpgsqlConnectionStringBuilder(Database.OwnerConnectionString).Database;
        var count = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TagObjects.Any(t => t.Value as string == name)) Interlocked.Increment(ref count);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await act();
        return count;
    }
}
