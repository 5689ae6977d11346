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
public sealed partial class AddressChangeTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private const string Ann = "ann@acme.example";
    private const string New = "ann.smith@acme.example";

    private CreatedTenant _acme = null!;   // set before each test

    protected override async Task FurnishAsync() => _acme = await Room.NewTenantAsync("acme");

    [Fact]
    public async Task The_new_address_proves_itself_once_and_takes_the_place_of_the_old_one()
    {
        var ann = await CallerAsync(Ann);
        var token = await AskAsync(ann, New);
        Assert.Equal(New, await Room.AddressChange.LookAsync(ann, token, Ct));
        Assert.Null(await Room.AddressChange.RedeemAsync(ann, token, Ct));

        Assert.IsType<PasswordVerdict.Right>(await TryAsync(New));
        Assert.IsType<PasswordVerdict.Wrong>(await TryAsync(Ann));
        Assert.IsType<LinkNotGood>(await Room.AddressChange.RedeemAsync(await CallerAsync(New), token, Ct));
    }

    [Fact]
    public async Task The_address_before_is_told_when_it_is_asked_for_and_when_it_is_done()
    {
        var ann = await CallerAsync(Ann);
        await Room.AddressChange.RedeemAsync(ann, await AskAsync(ann, New), Ct);

        Assert.Equal([New, Ann, Ann], Room.Written.Select(l => l.To));
        Assert.Contains("was changed", Room.Written[^1].Subject, StringComparison.Ordinal);
        Assert.All(Room.Written.Where(l => l.To == Ann), l => Assert.DoesNotContain("/account/address/", l.Text, StringComparison.Ordinal));   // the old mailbox never gets the link
        var deed = Room.Audit.Entries.Single(e => e.Action == AddressDeeds.Changed);
        Assert.Equal((Ann, New), (deed.Before, deed.After));
        Assert.DoesNotContain("ann", deed.Subject + deed.Detail, StringComparison.Ordinal);   // what stands in clear names nobody
    }

    [Fact]
    public async Task It_ends_every_session_but_the_one_that_did_it()
    {
        var ann = await CallerAsync(Ann);
        var other = await CallerAsync(Ann);
        await Room.AddressChange.RedeemAsync(ann, await AskAsync(ann, New), Ct);

        var left = Assert.Single(await Room.Sessions.ListAsync(ann.UserId!.Value, Ct));
        Assert.Equal(ann.SessionId, left.SessionId);
        Assert.NotEqual(other.SessionId, left.SessionId);
    }

    [Fact]
    public async Task An_address_that_somebody_has_gets_the_same_answer_and_no_link()
    {
        await Room.NewTenantAsync("globex", "carl@globex.example");
        var ann = await CallerAsync(Ann);
        Assert.Null(await Room.AddressChange.AskAsync(ann, "carl@globex.example", Ct));

        Assert.Equal(["carl@globex.example", Ann], Room.Written.Select(l => l.To));
        Assert.All(Room.Written, l => Assert.DoesNotContain("/account/address/", l.Text, StringComparison.Ordinal));
        Assert.Equal(1, await Database.System.FindAsync<long>("select count(*) from tenancy.one_use_token", null, Ct));   // the same work
    }

    [Fact]
    public async Task Of_two_accounts_that_want_one_address_at_once_one_gets_it_and_the_other_hears_nothing_of_it()
    {
        await Room.NewTenantAsync("globex", "carl@globex.example");
        Caller[] callers = [await CallerAsync(Ann), await CallerAsync("carl@globex.example")];
        var tokens = new List<string>();
        foreach (var caller in callers) tokens.Add(await AskAsync(caller, New));
        var faults = await Task.WhenAll(callers.Zip(tokens).Select(c => Task.Run(() => Room.AddressChange.RedeemAsync(c.First, c.Second, Ct))));

        Assert.Single(faults, f => f is null);
        Assert.Single(faults, f => f is LinkNotGood);
    }

    [Fact]
    public async Task Of_many_that_redeem_one_link_at_once_one_wins()
    {
        var ann = await CallerAsync(Ann);
        var token = await AskAsync(ann, New);
        var faults = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Room.AddressChange.RedeemAsync(ann, token, Ct))));

        Assert.Equal(7, faults.Count(f => f is LinkNotGood));
        Assert.Single(Room.Audit.Entries, e => e.Action == AddressDeeds.Changed);
    }

    [Fact]
    public async Task In_another_accounts_session_the_link_is_not_good_and_stays_good_for_its_owner()
    {
        await Room.NewTenantAsync("globex", "carl@globex.example");
        var (ann, carl) = (await CallerAsync(Ann), await CallerAsync("carl@globex.example"));
        var token = await AskAsync(ann, New);
        Assert.Null(await Room.AddressChange.LookAsync(carl, token, Ct));
        Assert.IsType<LinkNotGood>(await Room.AddressChange.RedeemAsync(carl, token, Ct));

        Assert.Null(await Room.AddressChange.RedeemAsync(ann, token, Ct));
    }

    [Fact]
    public async Task Too_old_replaced_and_made_up_links_are_not_good_nor_one_for_another_purpose()
    {
        var ann = await CallerAsync(Ann);
        var replaced = await AskAsync(ann, New);
        var old = await AskAsync(ann, New);
        var reset = (await Room.Tokens.MakeAsync(OneUseTokens.PasswordReset, ann.UserId!.Value, null, TimeSpan.FromMinutes(5), Ct))!;
        Assert.IsType<LinkNotGood>(await Room.Reset.RedeemAsync(old, "seven lamps by the river", Ct));
        foreach (var token in new[] { replaced, reset, "", "' or true --" }) Assert.IsType<LinkNotGood>(await Room.AddressChange.RedeemAsync(ann, token, Ct));
        Clock.Advance(AddressChange.Age);

        Assert.IsType<LinkNotGood>(await Room.AddressChange.RedeemAsync(ann, old, Ct));
    }

    [Fact]
    public async Task A_password_that_was_changed_meanwhile_ends_the_request()
    {
        var ann = await CallerAsync(Ann);
        var token = await AskAsync(ann, New);
        await Room.Accounts.SetPasswordAsync(ann.UserId!.Value, "an orchard in spring rain", Ct);

        Assert.IsType<LinkNotGood>(await Room.AddressChange.RedeemAsync(ann, token, Ct));
    }

    [Fact]
    public async Task A_link_for_a_new_password_that_the_old_address_was_sent_dies_with_it()
    {
        var ann = await CallerAsync(Ann);
        await Room.Reset.SendAsync(Ann, Ct);
        var reset = Regex.Match(Room.Written[^1].Text, "/reset/([A-Za-z0-9_-]+)").Groups[1].Value;
        await Room.AddressChange.RedeemAsync(ann, await AskAsync(ann, New), Ct);

        Assert.IsType<LinkNotGood>(await Room.Reset.RedeemAsync(reset, "seven lamps by the river", Ct));
    }

    [Fact]
    public async Task What_is_no_address_ones_own_and_too_many_are_refused_in_words()
    {
        var ann = await CallerAsync(Ann);
        Assert.IsType<BadAddress>(await Room.AddressChange.AskAsync(ann, "no address", Ct));
        Assert.IsType<AddressIsYours>(await Room.AddressChange.AskAsync(ann, "ANN@acme.example", Ct));
        for (var i = 0; i < OneUseTokens.MostInAnHour; i++) await AskAsync(ann, $"ann{i}@acme.example");

        Assert.IsType<TooManyLinks>(await Room.AddressChange.AskAsync(ann, New, Ct));
        Assert.Equal(OneUseTokens.MostInAnHour * 2, Room.Written.Count);
    }

    [Fact]
    public async Task The_database_holds_neither_the_link_nor_the_address_in_clear()
    {
        var token = await AskAsync(await CallerAsync(Ann), New);
        var rows = await Database.System.FindAsync<string>("select (select json_agg(t)::text from tenancy.one_use_token t) || (select json_agg(u)::text from tenancy.user_account u)", null, Ct);
        Assert.DoesNotContain(token, rows, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes("ann.smith")), rows, StringComparison.Ordinal);
    }

    /// <summary>As somebody in a session of their own.</summary>
    private async Task<Caller> CallerAsync(string address)
    {
        var account = (await Room.Accounts.FindAsync(EmailAddress.Parse(address), Ct))!;
        var tenant = (await Room.Accounts.TenantsOfAsync(account.UserId, Ct))[0];
        var (session, _) = await Room.Sessions.OpenAsync(account.UserId, tenant, account.SecurityStamp, "password", new("192.0.2.1", "Firefox"), Clock.GetUtcNow().AddHours(12), Ct);
        return new Caller(tenant, "acme", "Acme", "user:" + address, FrozenSet<string>.Empty) { UserId = account.UserId, SessionId = session };
    }

    private async Task<string> AskAsync(Caller caller, string address)
    {
        Assert.Null(await Room.AddressChange.AskAsync(caller, address, Ct));
        var link = Link().Match(Room.Written[^2].Text);   // the last one went to the address before
        Assert.StartsWith("https://console.host.example/account/address/", link.Value, StringComparison.Ordinal);
        return link.Groups[1].Value;
    }

    private Task<PasswordVerdict> TryAsync(string address) => Room.Check.CheckAsync(address, _acme.Password!, _ => new Origin("192.0.2.1"), Ct);

    [GeneratedRegex(@"https?://\S+/account/address/([A-Za-z0-9_-]+)")]
    private static partial Regex Link();
}
