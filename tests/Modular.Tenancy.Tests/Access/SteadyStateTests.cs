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
public sealed class SteadyStateTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly FakeClock _clock = new();
    private TestDatabase _database = null!;   // set before each test
    private TenancyRoom _room = null!;
    private CreatedTenant _acme = null!;
    private string _token = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _room = new TenancyRoom(_database, _clock);
        _acme = await _room.NewTenantAsync("acme");
        var ann = (await _room.Accounts.FindAsync(EmailAddress.Parse("ann@acme.example"), Ct))!;
        (_, _token) = await _room.Sessions.OpenAsync(ann.UserId, _acme.Tenant.Id, ann.SecurityStamp, "password", new ClientTrace("192.0.2.1", "Firefox"), _clock.GetUtcNow().AddHours(12), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        _room.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task In_steady_state_a_check_of_rights_asks_the_database_nothing()
    {
        await CheckAsync(_room);
        Assert.Equal(0, await CountQueriesAsync(async () =>
        {
            for (var i = 0; i < 100; i++) await CheckAsync(_room);
        }));

        _clock.Advance(CallerFreshness.Age);
        Assert.InRange(await CountQueriesAsync(() => CheckAsync(_room)), 1, 8);   // and the counting counts
    }

    [Fact]
    public async Task A_right_that_was_taken_away_is_gone_within_five_seconds_on_every_process()
    {
        using var other = new TenancyRoom(_database, _clock);
        var session = (await _room.Sessions.FindAsync(_token, Ct))!;
        Assert.True((await other.Memberships.CallerAsync(session.UserId, _acme.Tenant.Id, session.Stamp, Ct))!.May(Permissions.ContactsExport));
        await _database.System.RunAsync("update tenancy.membership set role = 'analyst'", null, Ct);
        Assert.True(CallerFreshness.Age < TimeSpan.FromSeconds(5));
        _clock.Advance(CallerFreshness.Age);

        Assert.False((await other.Memberships.CallerAsync(session.UserId, _acme.Tenant.Id, session.Stamp, Ct))!.May(Permissions.ContactsExport));
    }

    /// <summary>By session, as the console asks, and by key, as REST does.</summary>
    private async Task CheckAsync(TenancyRoom room)
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Loopback } };
        var ticket = new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ConsoleCookie.TokenClaim, _token)], ConsoleCookie.Scheme)), ConsoleCookie.Scheme);
        var context = new CookieValidatePrincipalContext(http, new AuthenticationScheme(ConsoleCookie.Scheme, null, typeof(CookieAuthenticationHandler)), new CookieAuthenticationOptions(), ticket);
        await new ConsoleCookie(room.Sessions, room.Memberships, room.Policies, room.Networks, room.Gate, _clock).ValidatePrincipal(context);
        Assert.True(http.Features.Get<Caller>()!.May(Permissions.ContactsRead));
        Assert.True((await room.Callers.FromKeyAsync(_acme.Key, IPAddress.Loopback, Ct)).Value.May(Permissions.ContactsRead));
    }

    /// <summary>Commands that this test's own database was sent, by whatever part of the suite.</summary>
    private async Task<int> CountQueriesAsync(Func<Task> act)
    {
        var name = new NpgsqlConnectionStringBuilder(_database.OwnerConnectionString).Database;
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
