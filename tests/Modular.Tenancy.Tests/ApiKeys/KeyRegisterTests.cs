using System.Net;
using Modular.Kernel.Web;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Testing;

namespace Modular.Tenancy.Tests.ApiKeys;

public sealed class KeyRegisterTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private static readonly HashSet<string> ReadContacts = [Permissions.ContactsRead];

    private CreatedTenant _acme = null!;   // set before each test

    protected override async Task FurnishAsync() => _acme = await Room.NewTenantAsync("acme");

    [Fact]
    public async Task A_key_may_do_what_it_was_given_and_no_more()
    {
        var key = await MakeAsync("crm");
        var caller = (await Room.Callers.FromKeyAsync(key.Secret, null, Ct)).Value;

        Assert.Equal(_acme.Tenant.Id, caller.Tenant);
        Assert.Equal(ReadContacts, caller.Permissions);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_within_seconds()
    {
        var key = await MakeAsync("crm");
        Assert.True((await Room.Callers.FromKeyAsync(key.Secret, null, Ct)).IsOk);

        Assert.Equal("crm", await Room.Keys.RevokeAsync(_acme.Tenant.Id, "crm", "test", Ct));
        Clock.Advance(CallerFreshness.Age);

        Assert.IsType<KeyNeeded>((await Room.Callers.FromKeyAsync(key.Secret, null, Ct)).Fault);
        Assert.Null(await Room.Keys.RevokeAsync(_acme.Tenant.Id, "crm", "test", Ct));
        Assert.True((await TryAsync("crm", ReadContacts, Permissions.All)).IsOk);   // its name is free again
    }

    [Fact]
    public async Task A_key_ends_on_the_dot_though_it_is_remembered()
    {
        var key = await MakeAsync("crm", Clock.GetUtcNow().AddSeconds(2));
        Assert.True((await Room.Callers.FromKeyAsync(key.Secret, null, Ct)).IsOk);

        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.IsType<KeyNeeded>((await Room.Callers.FromKeyAsync(key.Secret, null, Ct)).Fault);
    }

    [Fact]
    public async Task Another_tenant_cannot_revoke_it()
    {
        await MakeAsync("crm");
        var globex = await Room.NewTenantAsync("globex", "bob@globex.example");

        Assert.Null(await Room.Keys.RevokeAsync(globex.Tenant.Id, "crm", "test", Ct));
    }

    [Fact]
    public async Task What_is_no_key_is_nobody()
    {
        var key = (await MakeAsync("crm")).Secret;
        var almost = new[] { "", "mk_", key[..^1], key + "x", key.ToUpperInvariant(), key[..^1] + (key[^1] == 'A' ? 'B' : 'A'), "xx" + key[2..] };

        foreach (var secret in almost) Assert.IsType<KeyNeeded>((await Room.Callers.FromKeyAsync(secret, null, Ct)).Fault);
    }

    [Fact]
    public async Task The_list_shows_when_a_key_was_last_used_to_the_minute()
    {
        var key = await MakeAsync("crm");
        await Room.Callers.FromKeyAsync(key.Secret, null, Ct);
        var first = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromSeconds(50));
        await Room.Callers.FromKeyAsync(key.Secret, null, Ct);

        var listed = (await Room.Keys.ListAsync(_acme.Tenant.Id, Ct)).Single(k => k.Name == "crm");
        Assert.Equal(first, listed.LastUsedAt);
        Assert.StartsWith(listed.Label + "_", key.Secret, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotated_key_opens_by_both_secrets_for_as_long_as_was_said()
    {
        var old = await MakeAsync("crm");
        Assert.True(await OpensAsync(old.Secret));
        var made = (await Room.Keys.RotateAsync(_acme.Tenant.Id, "crm", TimeSpan.FromHours(2), Maker.CommandLine, Ct)).Value;

        Assert.True(await OpensAsync(old.Secret) && await OpensAsync(made.Secret));
        var listed = (await Room.Keys.ListAsync(_acme.Tenant.Id, Ct)).Single(k => k.Name == "crm");
        Assert.StartsWith(listed.Label, made.Secret, StringComparison.Ordinal);
        Assert.StartsWith(listed.OldLabel!, old.Secret, StringComparison.Ordinal);
        Assert.Equal(Clock.GetUtcNow(), listed.OldLastUsedAt);   // who rotates sees whether the old one is still in use

        Clock.Advance(TimeSpan.FromHours(2));
        Assert.False(await OpensAsync(old.Secret));
        Assert.True(await OpensAsync(made.Secret));
        Assert.Null((await Room.Keys.ListAsync(_acme.Tenant.Id, Ct)).Single(k => k.Name == "crm").OldLabel);
    }

    [Fact]
    public async Task There_are_never_more_than_two_secrets_and_revoking_ends_both()
    {
        var first = await MakeAsync("crm");
        var second = (await Room.Keys.RotateAsync(_acme.Tenant.Id, "crm", TimeSpan.FromDays(1), Maker.CommandLine, Ct)).Value;
        var third = (await Room.Keys.RotateAsync(_acme.Tenant.Id, ApiKeyPrefix(second.Secret), TimeSpan.FromDays(1), Maker.CommandLine, Ct)).Value;
        Assert.Equal((false, true, true), (await OpensAsync(first.Secret), await OpensAsync(second.Secret), await OpensAsync(third.Secret)));

        await Room.Keys.RevokeAsync(_acme.Tenant.Id, "crm", "test", Ct);
        Clock.Advance(CallerFreshness.Age);
        Assert.Equal((false, false), (await OpensAsync(second.Secret), await OpensAsync(third.Secret)));
    }

    [Fact]
    public async Task A_rotation_may_end_the_old_secret_at_once_and_is_bounded()
    {
        var old = await MakeAsync("crm");
        var made = (await Room.Keys.RotateAsync(_acme.Tenant.Id, "crm", TimeSpan.Zero, Maker.CommandLine, Ct)).Value;
        Assert.Equal((false, true), (await OpensAsync(old.Secret), await OpensAsync(made.Secret)));

        Assert.IsType<BadOverlap>((await Room.Keys.RotateAsync(_acme.Tenant.Id, "crm", Overlap.Longest + TimeSpan.FromHours(1), Maker.CommandLine, Ct)).Fault);
        Assert.IsType<NotFound>((await Room.Keys.RotateAsync(_acme.Tenant.Id, "other", TimeSpan.Zero, Maker.CommandLine, Ct)).Fault);
    }

    [Fact]
    public async Task A_rotation_keeps_the_end_of_the_key()
    {
        await MakeAsync("crm", Clock.GetUtcNow().AddHours(1));
        var made = (await Room.Keys.RotateAsync(_acme.Tenant.Id, "crm", TimeSpan.FromDays(2), Maker.CommandLine, Ct)).Value;

        Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(await OpensAsync(made.Secret));
    }

    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.7", true)]
    [InlineData("192.0.3.7", false)]
    [InlineData("2001:db8::7", true)]
    [InlineData("2001:db9::7", false)]
    [InlineData(null, false)]
    public async Task A_key_opens_from_its_networks_alone(string? from, bool opens)
    {
        var key = await MakeAsync("crm", networks: "192.0.2.0/24 2001:db8::/32");
        Assert.Equal(opens, await OpensAsync(key.Secret, from));
    }

    [Fact]
    public async Task No_secret_is_in_the_database()
    {
        var key = await MakeAsync("crm");
        var rows = await Database.System.ListAsync<string>("select t::text from tenancy.api_key t union all select s::text from tenancy.api_key_secret s", null, Ct);
        Assert.DoesNotContain(rows, r => r.Contains(key.Secret, StringComparison.Ordinal) || r.Contains(key.Secret[13..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bad_requests_are_refused_in_words()
    {
        await MakeAsync("crm");

        Assert.IsType<CredentialNameTaken>((await TryAsync("crm", ReadContacts, Permissions.All)).Fault);
        Assert.IsType<BadCredentialName>((await TryAsync("", ReadContacts, Permissions.All)).Fault);
        Assert.IsType<BadCredentialName>((await TryAsync("a\nb", ReadContacts, Permissions.All)).Fault);
        Assert.IsType<NoPermissions>((await TryAsync("x", new HashSet<string>(), Permissions.All)).Fault);
        Assert.IsType<UnknownPermission>((await TryAsync("x", new HashSet<string> { "contacts.*" }, Permissions.All)).Fault);
        Assert.IsType<NotYoursToGive>((await TryAsync("x", new HashSet<string> { Permissions.KeysManage }, ReadContacts)).Fault);
    }

    private static string ApiKeyPrefix(string secret) => secret[..secret.IndexOf('_', 3)];

    private Task<Result<NewCredential>> TryAsync(string name, IReadOnlySet<string> permissions, IReadOnlySet<string> held) =>
        Room.Keys.CreateAsync(_acme.Tenant.Id, new CredentialDraft(name, [.. permissions], NetworkList.None, null), new Maker("test", held, NetworkList.None, null), Ct);

    private async Task<NewCredential> MakeAsync(string name, DateTimeOffset? expiresAt = null, string networks = "") =>
        (await Room.Keys.CreateAsync(_acme.Tenant.Id, new CredentialDraft(name, [.. ReadContacts], NetworkList.Parse(networks), expiresAt), Maker.CommandLine, Ct)).Value;

    private async Task<bool> OpensAsync(string secret, string? from = null) => (await Room.Callers.FromKeyAsync(secret, from is null ? null : IPAddress.Parse(from), Ct)).IsOk;
}
