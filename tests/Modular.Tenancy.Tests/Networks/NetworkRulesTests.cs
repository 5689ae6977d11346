using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Networks;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Networks;

public sealed class NetworkRulesTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private const string Office = "192.0.2.7", Elsewhere = "198.51.100.7";

    private CreatedTenant _acme = null!;   // set before each test
    private long _ann;

    protected override async Task FurnishAsync()
    {
        _acme = await Room.NewTenantAsync("acme");
        _ann = (await Room.Accounts.FindAsync(EmailAddress.Parse("ann@acme.example"), Ct))!.UserId;
    }

    [Fact]
    public async Task The_tenants_rule_holds_for_people_and_programs()
    {
        Assert.Null(await Room.NetworkChanges.ForTenantAsync(By(Office), _acme.Tenant.Id, "192.0.2.0/24", Ct));

        Assert.Equal((true, false), (await KeyOpensAsync(Office), await KeyOpensAsync(Elsewhere)));
        Assert.Equal((true, false), (await PasswordOpensAsync(Office), await PasswordOpensAsync(Elsewhere)));
        Assert.Contains(Room.Audit.Entries, e => e is { Outcome: AuditOutcome.Refused, Actor: "user:ann@acme.example", Subject: "network" });
    }

    [Fact]
    public async Task A_persons_rule_holds_for_that_person_alone()
    {
        Assert.Null(await Room.NetworkChanges.ForUserAsync(By(Office), _acme.Tenant.Id, _ann, "192.0.2.0/24", Ct));

        Assert.True(await KeyOpensAsync(Elsewhere));
        Assert.Equal((true, false), (await PasswordOpensAsync(Office), await PasswordOpensAsync(Elsewhere)));
    }

    [Fact]
    public async Task A_persons_rule_does_not_widen_the_tenants()
    {
        await Room.NetworkChanges.ForTenantAsync(By(null), _acme.Tenant.Id, "192.0.2.0/24", Ct);
        await Room.NetworkChanges.ForUserAsync(By(null), _acme.Tenant.Id, _ann, "0.0.0.0/0", Ct);
        Assert.False(await PasswordOpensAsync(Elsewhere));
    }

    [Fact]
    public async Task Another_process_knows_within_seconds_and_an_empty_rule_lets_in_from_anywhere()
    {
        using var other = new TenancyRoom(Database, Clock);
        Assert.True(await KeyOpensAsync(Elsewhere, other));
        await Room.NetworkChanges.ForTenantAsync(By(Office), _acme.Tenant.Id, "192.0.2.0/24", Ct);
        Clock.Advance(CallerFreshness.Age);
        Assert.False(await KeyOpensAsync(Elsewhere, other));

        Assert.Null(await Room.NetworkChanges.ForTenantAsync(By(Office), _acme.Tenant.Id, " ", Ct));
        Assert.True(await KeyOpensAsync(Elsewhere));
    }

    [Fact]
    public async Task A_rule_that_would_lock_its_author_out_is_not_saved()
    {
        Assert.IsType<LocksYouOut>(await Room.NetworkChanges.ForTenantAsync(By(Elsewhere), _acme.Tenant.Id, "192.0.2.0/24", Ct));
        Assert.IsType<LocksYouOut>(await Room.NetworkChanges.ForUserAsync(By(Elsewhere), _acme.Tenant.Id, _ann, "2001:db8::/32", Ct));
        Assert.IsType<LocksYouOut>(await Room.NetworkChanges.ForKeyAsync(new RuleAuthor("key:administrator", null, IPAddress.Parse(Elsewhere)), _acme.Tenant.Id, "administrator", "192.0.2.0/24", Ct));
        Assert.True(await KeyOpensAsync(Elsewhere) && await PasswordOpensAsync(Elsewhere));

        Assert.Null(await Room.NetworkChanges.ForKeyAsync(By(Elsewhere), _acme.Tenant.Id, "administrator", "192.0.2.0/24", Ct));   // a person is not the key
        Assert.False(await KeyOpensAsync(Elsewhere));
    }

    [Fact]
    public async Task Each_change_is_on_record_with_before_and_after()
    {
        await Room.NetworkChanges.ForTenantAsync(By(Office), _acme.Tenant.Id, "192.0.2.0/24", Ct);
        await Room.NetworkChanges.ForTenantAsync(By(Office), _acme.Tenant.Id, "192.0.0.0/16", Ct);
        var entry = Room.Audit.Entries[^1];
        Assert.Equal(("network-rule.changed", $"tenant/{_acme.Tenant.Id}", "192.0.2.0/24", "192.0.0.0/16"), (entry.Action, entry.Subject, entry.Before, entry.After));
    }

    [Fact]
    public async Task What_is_no_rule_or_for_nobody_is_refused()
    {
        var globex = (await Room.NewTenantAsync("globex", "bob@globex.example")).Tenant.Id;
        Assert.IsType<BadNetworks>(await Room.NetworkChanges.ForTenantAsync(By(null), _acme.Tenant.Id, "192.0.2.0/33", Ct));
        Assert.IsType<NotFound>(await Room.NetworkChanges.ForUserAsync(By(null), globex, _ann, "192.0.2.0/24", Ct));   // no user of theirs
        Assert.IsType<NotFound>(await Room.NetworkChanges.ForKeyAsync(By(null), globex, "no such", "192.0.2.0/24", Ct));
        Assert.IsType<NotFound>(await Room.NetworkChanges.ForCredentialAsync(By(null), globex, "no such", "192.0.2.0/24", Ct));
    }

    private RuleAuthor By(string? from) => new("user:ann@acme.example", _ann, from is null ? null : IPAddress.Parse(from));

    private async Task<bool> KeyOpensAsync(string from, TenancyRoom? room = null) => (await (room ?? Room).Callers.FromKeyAsync(_acme.Key, IPAddress.Parse(from), Ct)).IsOk;

    private async Task<bool> PasswordOpensAsync(string from)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "https";
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        context.Request.Headers.Authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"ann@acme.example:{_acme.Password}"));
        return await Room.Basic.FromBasicAsync(context, "acme", Ct) is not null;
    }
}
