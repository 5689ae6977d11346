using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Tenants;

public sealed class TenantCreationTests(PostgresFixture postgres) : RoomTests(postgres)
{
    [Fact]
    public async Task A_new_tenant_has_a_room_an_administrator_and_a_key_that_work()
    {
        var made = await Room.NewTenantAsync("acme");

        Assert.Equal(made.Tenant, await Room.Book.FindAsync("acme", Ct));
        Assert.Equal(1, await Database.Tenants.FindAsync<int>(made.Tenant.Id, "select 1 from (select count(*) from outbox) o", null, Ct));
        Assert.Equal(Permissions.All, (await Room.Callers.FromKeyAsync(made.Key, null, Ct)).Value.Permissions);
        var verdict = await Room.Check.CheckAsync("ann@acme.example", made.Password!, _ => new Origin("test"), Ct);
        Assert.IsType<PasswordVerdict.Right>(verdict);
        Assert.Equal(["tenant.created", "tenant.created"], Room.Audit.Entries.Select(e => e.Action));   // in its own trail, and in the installation's
    }

    [Fact]
    public async Task The_same_word_again_is_refused_and_changes_nothing()
    {
        var made = await Room.NewTenantAsync("acme");
        var again = await Room.Creation.CreateAsync("acme", "Other", EmailAddress.Parse("bob@acme.example"), null, "test", Ct);

        Assert.IsType<SlugTaken>(again.Fault);
        Assert.Equal([made.Tenant], await Room.Book.AllAsync(Ct));
        Assert.Null(await Room.Accounts.FindAsync(EmailAddress.Parse("bob@acme.example"), Ct));
    }

    [Fact]
    public async Task Of_two_who_make_the_same_tenant_at_once_one_succeeds()
    {
        using var other = new TenancyRoom(Database, Clock);
        var results = await Task.WhenAll(
            Room.Creation.CreateAsync("acme", "One", EmailAddress.Parse("ann@acme.example"), null, "test", Ct),
            other.Creation.CreateAsync("acme", "Two", EmailAddress.Parse("bob@acme.example"), null, "test", Ct));

        Assert.Single(results, r => r.IsOk);
        Assert.Single(await Room.Book.AllAsync(Ct));
        Assert.Equal(1, await Database.System.FindAsync<long>("select count(*) from tenancy.membership", null, Ct));
    }

    [Fact]
    public async Task A_creation_that_was_cut_off_is_seen_by_nobody_and_goes_on_when_called_again()
    {
        var halfMade = TenantId.NewRandom();
        await Database.System.RunAsync("insert into tenancy.tenant (tenant_id, slug, name, state, created_at) values (@Id, 'acme', 'Acme', 'creating', now())", new { Id = halfMade }, Ct);

        Assert.Null(await Room.Book.FindAsync("acme", Ct));
        var made = await Room.NewTenantAsync("acme");

        Assert.Equal(halfMade, made.Tenant.Id);
        Assert.Equal(TenantState.Active, (await Room.Book.FindAsync("acme", Ct))?.State);
    }

    [Fact]
    public async Task Who_administers_a_second_tenant_keeps_their_password()
    {
        var first = await Room.NewTenantAsync("acme");
        Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await Room.NewTenantAsync("globex");

        Assert.Null(second.Password);
        var account = await Room.Accounts.FindAsync(EmailAddress.Parse("ANN@acme.example"), Ct);
        Assert.Equal([first.Tenant.Id, second.Tenant.Id], await Room.Accounts.TenantsOfAsync(account!.UserId, Ct));
    }

    [Theory]
    [InlineData("Acme", "Acme", null)]
    [InlineData("acme", "", null)]
    [InlineData("acme", "Acme", "too short")]
    public async Task Bad_input_is_refused_before_anything_is_made(string slug, string name, string? password)
    {
        var result = await Room.Creation.CreateAsync(slug, name, EmailAddress.Parse("ann@acme.example"), password, "test", Ct);

        Assert.False(result.IsOk);
        Assert.Equal(0, await Database.System.FindAsync<long>("select count(*) from tenancy.tenant", null, Ct));
    }

    [Fact]
    public async Task What_another_process_did_is_seen_after_two_seconds()
    {
        using var other = new TenancyRoom(Database, Clock);
        Assert.Empty(await Room.Book.AllAsync(Ct));
        await other.NewTenantAsync("acme");

        Assert.Empty(await Room.Book.AllAsync(Ct));
        Clock.Advance(TenantBook.Freshness);
        Assert.Single(await Room.Book.AllAsync(Ct));
    }

    [Fact]
    public async Task Neither_addresses_nor_secrets_stand_in_the_systems_tables()
    {
        var made = await Room.NewTenantAsync("acme");
        var dump = string.Concat(await Database.System.ListAsync<string>("""
            select t::text from tenancy.user_account t
            union all select encode(name_sealed, 'escape') || encode(convert_to(password_hash, 'utf8'), 'escape') from tenancy.user_account
            union all select t::text from tenancy.api_key t
            union all select s::text from tenancy.api_key_secret s
            union all select t::text from tenancy.membership t
            """, null, Ct));

        Assert.NotEmpty(dump);
        Assert.All(new[] { "ann", made.Password!, made.Key, made.Key[12..] }, secret => Assert.DoesNotContain(secret, dump, StringComparison.OrdinalIgnoreCase));
    }
}
