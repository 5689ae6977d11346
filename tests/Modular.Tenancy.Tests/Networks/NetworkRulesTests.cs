using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Networks;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Networks;

public sealed class NetworkRulesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Office = "192.0.2.7", Elsewhere = "198.51.100.7";

    private readonly FakeClock _clock = new();
    private TestDatabase _database = null!;   // set before each test
    private TenancyRoom _room = null!;
    private CreatedTenant _acme = null!;
    private long _ann;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _room = new TenancyRoom(_database, _clock);
        _acme = await _room.NewTenantAsync("acme");
        _ann = (await _room.Accounts.FindAsync(EmailAddress.Parse("ann@acme.example"), Ct))!.UserId;
    }

    public async ValueTask DisposeAsync()
    {
        _room.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_tenants_rule_holds_for_people_and_programs()
    {
        Assert.Null(await _room.NetworkChanges.ForTenantAsync(By(Office), _acme.Tenant.Id, "192.0.2.0/24", Ct));

        Assert.Equal((true, false), (await KeyOpensAsync(Office), await KeyOpensAsync(Elsewhere)));
        Assert.Equal((true, false), (await PasswordOpensAsync(Office), await PasswordOpensAsync(Elsewhere)));
        Assert.Contains(_room.Audit.Entries, e => e is { Outcome: AuditOutcome.Refused, Actor: "user:ann@acme.example", Subject: "network" });
    }

    [Fact]
    public async Task A_persons_rule_holds_for_that_person_alone()
    {
        Assert.Null(await _room.NetworkChanges.ForUserAsync(By(Office), _acme.Tenant.Id, _ann, "192.0.2.0/24", Ct));

        Assert.True(await KeyOpensAsync(Elsewhere));
        Assert.Equal((true, false), (await PasswordOpensAsync(Office), await PasswordOpensAsync(Elsewhere)));
    }

    [Fact]
    public async Task A_persons_rule_does_not_widen_the_tenants()
    {
        await _room.NetworkChanges.ForTenantAsync(By(null), _acme.Tenant.Id, "192.0.2.0/24", Ct);
        await _room.NetworkChanges.ForUserAsync(By(null), _acme.Tenant.Id, _ann, "0.0.0.0/0", Ct);
        Assert.False(await PasswordOpensAsync(Elsewhere));
    }

    [Fact]
    public async Task Another_process_knows_within_seconds_and_an_empty_rule_lets_in_from_anywhere()
    {
        using var other = new TenancyRoom(_database, _clock);
        Assert.True(await KeyOpensAsync(Elsewhere, other));
        await _room.NetworkChanges.ForTenantAsync(By(Office), _acme.Tenant.Id, "192.0.2.0/24", Ct);
        _clock.Advance(CallerFreshness.Age);
        Assert.False(await KeyOpensAsync(Elsewhere, other));

        Assert.Null(await _room.NetworkChanges.ForTenantAsync(By(Office), _acme.Tenant.Id, " ", Ct));
        Assert.True(await KeyOpensAsync(Elsewhere));
    }

    [Fact]
    public async Task A_rule_that_would_lock_its_author_out_is_not_saved()
    {
        Assert.IsType<LocksYouOut>(await _room.NetworkChanges.ForTenantAsync(By(Elsewhere), _acme.Tenant.Id, "192.0.2.0/24", Ct));
        Assert.IsType<LocksYouOut>(await _room.NetworkChanges.ForUserAsync(By(Elsewhere), _acme.Tenant.Id, _ann, "2001:db8::/32", Ct));
        Assert.IsType<LocksYouOut>(await _room.NetworkChanges.ForKeyAsync(new RuleAuthor("key:administrator", null, IPAddress.Parse(Elsewhere)), _acme.Tenant.Id, "administrator", "192.0.2.0/24", Ct));
        Assert.True(await KeyOpensAsync(Elsewhere) && await PasswordOpensAsync(Elsewhere));

        Assert.Null(await _room.NetworkChanges.ForKeyAsync(By(Elsewhere), _acme.Tenant.Id, "administrator", "192.0.2.0/24", Ct));   // a person is not the key
        Assert.False(await KeyOpensAsync(Elsewhere));
    }

    [Fact]
    public async Task Each_change_is_on_record_with_before_and_after()
    {
        await _room.NetworkChanges.ForTenantAsync(By(Office), _acme.Tenant.Id, "192.0.2.0/24", Ct);
        await _room.NetworkChanges.ForTenantAsync(By(Office), _acme.Tenant.Id, "192.0.0.0/16", Ct);
        var entry = _room.Audit.Entries[^1];
        Assert.Equal(("network-rule.changed", $"tenant/{_acme.Tenant.Id}", "192.0.2.0/24", "192.0.0.0/16"), (entry.Action, entry.Subject, entry.Before, entry.After));
    }

    [Fact]
    public async Task What_is_no_rule_or_for_nobody_is_refused()
    {
        var globex = (await _room.NewTenantAsync("globex", "bob@globex.example")).Tenant.Id;
        Assert.IsType<BadNetworks>(await _room.NetworkChanges.ForTenantAsync(By(null), _acme.Tenant.Id, "192.0.2.0/33", Ct));
        Assert.IsType<NotFound>(await _room.NetworkChanges.ForUserAsync(By(null), globex, _ann, "192.0.2.0/24", Ct));   // no user of theirs
        Assert.IsType<NotFound>(await _room.NetworkChanges.ForKeyAsync(By(null), globex, "no such", "192.0.2.0/24", Ct));
        Assert.IsType<NotFound>(await _room.NetworkChanges.ForCredentialAsync(By(null), globex, "no such", "192.0.2.0/24", Ct));
    }

    private RuleAuthor By(string? from) => new("user:ann@acme.example", _ann, from is null ? null : IPAddress.Parse(from));

    private async Task<bool> KeyOpensAsync(string from, TenancyRoom? room = null) => (await (room ?? _room).Callers.FromKeyAsync(_acme.Key, IPAddress.Parse(from), Ct)).IsOk;

    private async Task<bool> PasswordOpensAsync(string from)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "https";
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        context.Request.Headers.Authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"ann@acme.example:{_acme.Password}"));
        return await _room.Basic.FromBasicAsync(context, "acme", Ct) is not null;
    }
}
