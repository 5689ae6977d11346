using System.Text.RegularExpressions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SignIn;

public sealed partial class PasswordResetTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private const string Ann = "ann@acme.example";
    private const string Fresh = "seven lamps by the river";

    private CreatedTenant _acme = null!;   // set before each test

    protected override async Task FurnishAsync() => _acme = await Room.NewTenantAsync("acme");

    [Fact]
    public async Task The_link_begins_with_the_public_address_and_sets_a_password_once()
    {
        var token = await AskAsync();
        Assert.Contains("https://console.host.example/reset/" + token, Room.Written.Single().Text, StringComparison.Ordinal);

        Assert.Null(await Room.Reset.RedeemAsync(token, Fresh, Ct));
        Assert.IsType<PasswordVerdict.Right>(await TryAsync(Fresh));
        Assert.IsType<PasswordVerdict.Wrong>(await TryAsync(_acme.Password!));
        Assert.IsType<LinkNotGood>(await Room.Reset.RedeemAsync(token, "an orchard in spring rain", Ct));
        Assert.Equal(["user.reset-asked", "user.password-reset"], Room.Audit.Entries.Select(e => e.Action).Where(a => a.StartsWith("user.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_person_is_told_that_the_password_was_changed()
    {
        await Room.Reset.RedeemAsync(await AskAsync(), Fresh, Ct);

        Assert.Equal([Ann, Ann], Room.Written.Select(l => l.To));
        Assert.Contains("changed", Room.Written[^1].Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_every_session_and_opens_none()
    {
        var account = (await Room.Accounts.FindAsync(EmailAddress.Parse(Ann), Ct))!;
        Assert.NotNull(await Room.Memberships.CallerAsync(account.UserId, _acme.Tenant.Id, account.SecurityStamp, Ct));
        await Room.Reset.RedeemAsync(await AskAsync(), Fresh, Ct);

        Assert.Null(await Room.Memberships.CallerAsync(account.UserId, _acme.Tenant.Id, account.SecurityStamp, Ct));
        Assert.Equal(0, await Database.System.FindAsync<long>("select count(*) from tenancy.session", null, Ct));
    }

    [Fact]
    public async Task Of_two_that_redeem_one_link_at_once_one_wins()
    {
        var token = await AskAsync();
        var faults = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Room.Reset.RedeemAsync(token, $"seven lamps by the river {i}", Ct))));

        var winner = Array.IndexOf(faults, null);
        Assert.Equal(7, faults.Count(f => f is LinkNotGood));
        Assert.IsType<PasswordVerdict.Right>(await TryAsync($"seven lamps by the river {winner}"));
    }

    [Fact]
    public async Task Too_old_a_link_and_one_before_the_newest_are_not_good()
    {
        var first = await AskAsync();
        var second = await AskAsync();
        Assert.IsType<LinkNotGood>(await Room.Reset.RedeemAsync(first, Fresh, Ct));
        Clock.Advance(PasswordReset.Age);

        Assert.IsType<LinkNotGood>(await Room.Reset.RedeemAsync(second, Fresh, Ct));
        Assert.IsType<LinkNotGood>(await Room.Reset.RedeemAsync("", Fresh, Ct));
        Assert.IsType<LinkNotGood>(await Room.Reset.RedeemAsync("' or true --", Fresh, Ct));
    }

    [Fact]
    public async Task A_password_that_was_changed_meanwhile_ends_what_was_sent_before()
    {
        var token = await AskAsync();
        var account = (await Room.Accounts.FindAsync(EmailAddress.Parse(Ann), Ct))!;
        await Room.Accounts.SetPasswordAsync(account.UserId, "an orchard in spring rain", Ct);

        Assert.IsType<LinkNotGood>(await Room.Reset.RedeemAsync(token, Fresh, Ct));
    }

    [Fact]
    public async Task A_password_that_will_not_do_leaves_the_link_good()
    {
        var token = await AskAsync();
        Assert.IsType<PasswordTooShort>(await Room.Reset.RedeemAsync(token, "too short", Ct));

        Assert.Null(await Room.Reset.RedeemAsync(token, Fresh, Ct));
    }

    [Fact]
    public async Task Nobody_gets_a_letter_who_does_not_sign_in_and_nobody_gets_many()
    {
        await Room.Reset.SendAsync("nobody@acme.example", Ct);
        await Room.Reset.SendAsync("no address", Ct);
        Assert.Empty(Room.Written);
        for (var i = 0; i < OneUseTokens.MostInAnHour + 3; i++) await Room.Reset.SendAsync(Ann, Ct);

        Assert.Equal(OneUseTokens.MostInAnHour, Room.Written.Count);
        Assert.NotNull(await Room.Tokens.LookAsync(OneUseTokens.PasswordReset, TokenIn(Room.Written[^1].Text), Ct));   // who asks too often does not spoil the last link
    }

    [Fact]
    public async Task The_database_holds_nothing_that_sets_a_password()
    {
        var token = await AskAsync();
        Assert.DoesNotContain(token, await Database.System.FindAsync<string>("select row_to_json(t)::text from tenancy.one_use_token t", null, Ct), StringComparison.Ordinal);
    }

    private async Task<string> AskAsync()
    {
        await Room.Reset.SendAsync(Ann, Ct);
        return TokenIn(Room.Written[^1].Text);
    }

    private static string TokenIn(string text) => Link().Match(text).Groups[1].Value;

    private Task<PasswordVerdict> TryAsync(string password) => Room.Check.CheckAsync(Ann, password, _ => new Origin("192.0.2.1"), Ct);

    [GeneratedRegex("/reset/([A-Za-z0-9_-]+)")]
    private static partial Regex Link();
}
