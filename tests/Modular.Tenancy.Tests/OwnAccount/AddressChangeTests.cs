using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Modular.Kernel.Auditing;
using Modular.Tenancy.OwnAccount;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests.OwnAccount;

/// <summary>Another address to sign in with, and everyone who would like to have it.</summary>
public sealed partial class AddressChangeTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Ann = "ann@acme.example";
    private const string New = "ann.smith@acme.example";

    private readonly FakeClock _clock = new();
    private TestDatabase _database = null!;   // set before each test
    private TenancyRoom _room = null!;
    private CreatedTenant _acme = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _room = new TenancyRoom(_database, _clock);
        _acme = await _room.NewTenantAsync("acme");
    }

    public async ValueTask DisposeAsync()
    {
        _room.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_new_address_proves_itself_once_and_takes_the_place_of_the_old_one()
    {
        var ann = await CallerAsync(Ann);
        var token = await AskAsync(ann, New);
        Assert.Equal(New, await _room.AddressChange.LookAsync(ann, token, Ct));
        Assert.Null(await _room.AddressChange.RedeemAsync(ann, token, Ct));

        Assert.IsType<PasswordVerdict.Right>(await TryAsync(New));
        Assert.IsType<PasswordVerdict.Wrong>(await TryAsync(Ann));
        Assert.IsType<LinkNotGood>(await _room.AddressChange.RedeemAsync(await CallerAsync(New), token, Ct));
    }

    [Fact]
    public async Task The_address_before_is_told_when_it_is_asked_for_and_when_it_is_done()
    {
        var ann = await CallerAsync(Ann);
        await _room.AddressChange.RedeemAsync(ann, await AskAsync(ann, New), Ct);

        Assert.Equal([New, Ann, Ann], _room.Written.Select(l => l.To));
        Assert.Contains("was changed", _room.Written[^1].Subject, StringComparison.Ordinal);
        Assert.All(_room.Written.Where(l => l.To == Ann), l => Assert.DoesNotContain("/account/address/", l.Text, StringComparison.Ordinal));   // the old mailbox never gets the link
        var deed = _room.Audit.Entries.Single(e => e.Action == AddressDeeds.Changed);
        Assert.Equal((Ann, New), (deed.Before, deed.After));
        Assert.DoesNotContain("ann", deed.Subject + deed.Detail, StringComparison.Ordinal);   // what stands in clear names nobody
    }

    [Fact]
    public async Task It_ends_every_session_but_the_one_that_did_it()
    {
        var ann = await CallerAsync(Ann);
        var other = await CallerAsync(Ann);
        await _room.AddressChange.RedeemAsync(ann, await AskAsync(ann, New), Ct);

        var left = Assert.Single(await _room.Sessions.ListAsync(ann.UserId!.Value, Ct));
        Assert.Equal(ann.SessionId, left.SessionId);
        Assert.NotEqual(other.SessionId, left.SessionId);
    }

    [Fact]
    public async Task An_address_that_somebody_has_gets_the_same_answer_and_no_link()
    {
        await _room.NewTenantAsync("globex", "carl@globex.example");
        var ann = await CallerAsync(Ann);
        Assert.Null(await _room.AddressChange.AskAsync(ann, "carl@globex.example", Ct));

        Assert.Equal(["carl@globex.example", Ann], _room.Written.Select(l => l.To));
        Assert.All(_room.Written, l => Assert.DoesNotContain("/account/address/", l.Text, StringComparison.Ordinal));
        Assert.Equal(1, await _database.System.FindAsync<long>("select count(*) from tenancy.one_use_token", null, Ct));   // the same work
    }

    [Fact]
    public async Task Of_two_accounts_that_want_one_address_at_once_one_gets_it_and_the_other_hears_nothing_of_it()
    {
        await _room.NewTenantAsync("globex", "carl@globex.example");
        Caller[] callers = [await CallerAsync(Ann), await CallerAsync("carl@globex.example")];
        var tokens = new List<string>();
        foreach (var caller in callers) tokens.Add(await AskAsync(caller, New));
        var faults = await Task.WhenAll(callers.Zip(tokens).Select(c => Task.Run(() => _room.AddressChange.RedeemAsync(c.First, c.Second, Ct))));

        Assert.Single(faults, f => f is null);
        Assert.Single(faults, f => f is LinkNotGood);
    }

    [Fact]
    public async Task Of_many_that_redeem_one_link_at_once_one_wins()
    {
        var ann = await CallerAsync(Ann);
        var token = await AskAsync(ann, New);
        var faults = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _room.AddressChange.RedeemAsync(ann, token, Ct))));

        Assert.Equal(7, faults.Count(f => f is LinkNotGood));
        Assert.Single(_room.Audit.Entries, e => e.Action == AddressDeeds.Changed);
    }

    [Fact]
    public async Task In_another_accounts_session_the_link_is_not_good_and_stays_good_for_its_owner()
    {
        await _room.NewTenantAsync("globex", "carl@globex.example");
        var (ann, carl) = (await CallerAsync(Ann), await CallerAsync("carl@globex.example"));
        var token = await AskAsync(ann, New);
        Assert.Null(await _room.AddressChange.LookAsync(carl, token, Ct));
        Assert.IsType<LinkNotGood>(await _room.AddressChange.RedeemAsync(carl, token, Ct));

        Assert.Null(await _room.AddressChange.RedeemAsync(ann, token, Ct));
    }

    [Fact]
    public async Task Too_old_replaced_and_made_up_links_are_not_good_nor_one_for_another_purpose()
    {
        var ann = await CallerAsync(Ann);
        var replaced = await AskAsync(ann, New);
        var old = await AskAsync(ann, New);
        var reset = (await _room.Tokens.MakeAsync(OneUseTokens.PasswordReset, ann.UserId!.Value, null, TimeSpan.FromMinutes(5), Ct))!;
        Assert.IsType<LinkNotGood>(await _room.Reset.RedeemAsync(old, "seven lamps by the river", Ct));
        foreach (var token in new[] { replaced, reset, "", "' or true --" }) Assert.IsType<LinkNotGood>(await _room.AddressChange.RedeemAsync(ann, token, Ct));
        _clock.Advance(AddressChange.Age);

        Assert.IsType<LinkNotGood>(await _room.AddressChange.RedeemAsync(ann, old, Ct));
    }

    [Fact]
    public async Task A_password_that_was_changed_meanwhile_ends_the_request()
    {
        var ann = await CallerAsync(Ann);
        var token = await AskAsync(ann, New);
        await _room.Accounts.SetPasswordAsync(ann.UserId!.Value, "an orchard in spring rain", Ct);

        Assert.IsType<LinkNotGood>(await _room.AddressChange.RedeemAsync(ann, token, Ct));
    }

    [Fact]
    public async Task A_link_for_a_new_password_that_the_old_address_was_sent_dies_with_it()
    {
        var ann = await CallerAsync(Ann);
        await _room.Reset.SendAsync(Ann, Ct);
        var reset = Regex.Match(_room.Written[^1].Text, "/reset/([A-Za-z0-9_-]+)").Groups[1].Value;
        await _room.AddressChange.RedeemAsync(ann, await AskAsync(ann, New), Ct);

        Assert.IsType<LinkNotGood>(await _room.Reset.RedeemAsync(reset, "seven lamps by the river", Ct));
    }

    [Fact]
    public async Task What_is_no_address_ones_own_and_too_many_are_refused_in_words()
    {
        var ann = await CallerAsync(Ann);
        Assert.IsType<BadAddress>(await _room.AddressChange.AskAsync(ann, "no address", Ct));
        Assert.IsType<AddressIsYours>(await _room.AddressChange.AskAsync(ann, "ANN@acme.example", Ct));
        for (var i = 0; i < OneUseTokens.MostInAnHour; i++) await AskAsync(ann, $"ann{i}@acme.example");

        Assert.IsType<TooManyLinks>(await _room.AddressChange.AskAsync(ann, New, Ct));
        Assert.Equal(OneUseTokens.MostInAnHour * 2, _room.Written.Count);
    }

    [Fact]
    public async Task The_database_holds_neither_the_link_nor_the_address_in_clear()
    {
        var token = await AskAsync(await CallerAsync(Ann), New);
        var rows = await _database.System.FindAsync<string>("select (select json_agg(t)::text from tenancy.one_use_token t) || (select json_agg(u)::text from tenancy.user_account u)", null, Ct);
        Assert.DoesNotContain(token, rows, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes("ann.smith")), rows, StringComparison.Ordinal);
    }

    /// <summary>As somebody in a session of their own.</summary>
    private async Task<Caller> CallerAsync(string address)
    {
        var account = (await _room.Accounts.FindAsync(EmailAddress.Parse(address), Ct))!;
        var tenant = (await _room.Accounts.TenantsOfAsync(account.UserId, Ct))[0];
        var (session, _) = await _room.Sessions.OpenAsync(account.UserId, tenant, account.SecurityStamp, "password", new("192.0.2.1", "Firefox"), _clock.GetUtcNow().AddHours(12), Ct);
        return new Caller(tenant, "acme", "Acme", "user:" + address, FrozenSet<string>.Empty) { UserId = account.UserId, SessionId = session };
    }

    private async Task<string> AskAsync(Caller caller, string address)
    {
        Assert.Null(await _room.AddressChange.AskAsync(caller, address, Ct));
        var link = Link().Match(_room.Written[^2].Text);   // the last one went to the address before
        Assert.StartsWith("https://console.host.example/account/address/", link.Value, StringComparison.Ordinal);
        return link.Groups[1].Value;
    }

    private Task<PasswordVerdict> TryAsync(string address) => _room.Check.CheckAsync(address, _acme.Password!, _ => new Origin("192.0.2.1"), Ct);

    [GeneratedRegex(@"https?://\S+/account/address/([A-Za-z0-9_-]+)")]
    private static partial Regex Link();
}
