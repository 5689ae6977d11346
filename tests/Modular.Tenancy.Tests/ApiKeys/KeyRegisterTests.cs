using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Testing;

namespace Modular.Tenancy.Tests.ApiKeys;

public sealed class KeyRegisterTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly HashSet<string> ReadContacts = [Permissions.ContactsRead];

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
    public async Task A_key_may_do_what_it_was_given_and_no_more()
    {
        var key = await MakeAsync("crm");
        var caller = await _room.Callers.FromKeyAsync(key.Secret, Ct);

        Assert.Equal(_acme.Tenant.Id, caller!.Tenant);
        Assert.Equal(ReadContacts, caller.Permissions);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_within_seconds()
    {
        var key = await MakeAsync("crm");
        Assert.NotNull(await _room.Callers.FromKeyAsync(key.Secret, Ct));

        Assert.Equal("crm", await _room.Keys.RevokeAsync(_acme.Tenant.Id, "crm", Ct));
        _clock.Advance(CallerFreshness.Age);

        Assert.Null(await _room.Callers.FromKeyAsync(key.Secret, Ct));
        Assert.Null(await _room.Keys.RevokeAsync(_acme.Tenant.Id, "crm", Ct));
        Assert.True((await _room.Keys.CreateAsync(_acme.Tenant.Id, "crm", ReadContacts, Permissions.All, null, Ct)).IsOk);   // its name is free again
    }

    [Fact]
    public async Task A_key_ends_on_the_dot_though_it_is_remembered()
    {
        var key = await MakeAsync("crm", _clock.GetUtcNow().AddSeconds(2));
        Assert.NotNull(await _room.Callers.FromKeyAsync(key.Secret, Ct));

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await _room.Callers.FromKeyAsync(key.Secret, Ct));
    }

    [Fact]
    public async Task Another_tenant_cannot_revoke_it()
    {
        await MakeAsync("crm");
        var globex = await _room.NewTenantAsync("globex", "bob@globex.example");

        Assert.Null(await _room.Keys.RevokeAsync(globex.Tenant.Id, "crm", Ct));
    }

    [Fact]
    public async Task What_is_no_key_is_nobody()
    {
        var key = (await MakeAsync("crm")).Secret;
        var almost = new[] { "", "mk_", key[..^1], key + "x", key.ToUpperInvariant(), key[..^1] + (key[^1] == 'A' ? 'B' : 'A'), "xx" + key[2..] };

        foreach (var secret in almost) Assert.Null(await _room.Callers.FromKeyAsync(secret, Ct));
    }

    [Fact]
    public async Task The_list_shows_when_a_key_was_last_used_to_the_minute()
    {
        var key = await MakeAsync("crm");
        await _room.Callers.FromKeyAsync(key.Secret, Ct);
        var first = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(50));
        await _room.Callers.FromKeyAsync(key.Secret, Ct);

        var listed = (await _room.Keys.ListAsync(_acme.Tenant.Id, Ct)).Single(k => k.Name == "crm");
        Assert.Equal(first, listed.LastUsedAt);
        Assert.StartsWith(listed.Prefix + "_", key.Secret, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_requests_are_refused_in_words()
    {
        await MakeAsync("crm");

        Assert.IsType<KeyNameTaken>((await TryAsync("crm", ReadContacts, Permissions.All)).Fault);
        Assert.IsType<BadKeyName>((await TryAsync("", ReadContacts, Permissions.All)).Fault);
        Assert.IsType<BadKeyName>((await TryAsync("a\nb", ReadContacts, Permissions.All)).Fault);
        Assert.IsType<NoPermissions>((await TryAsync("x", new HashSet<string>(), Permissions.All)).Fault);
        Assert.IsType<UnknownPermission>((await TryAsync("x", new HashSet<string> { "contacts.*" }, Permissions.All)).Fault);
        Assert.IsType<NotYoursToGive>((await TryAsync("x", new HashSet<string> { Permissions.KeysManage }, ReadContacts)).Fault);
    }

    private Task<Result<NewKey>> TryAsync(string name, IReadOnlySet<string> permissions, IReadOnlySet<string> held) =>
        _room.Keys.CreateAsync(_acme.Tenant.Id, name, permissions, held, null, Ct);

    private async Task<NewKey> MakeAsync(string name, DateTimeOffset? expiresAt = null) =>
        (await _room.Keys.CreateAsync(_acme.Tenant.Id, name, ReadContacts, Permissions.All, expiresAt, Ct)).Value;
}
