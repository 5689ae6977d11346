using System.Net;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Mail.Smtp;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.SmtpCredentials;
using Modular.Tenancy.Tenants;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SmtpCredentials;

public sealed class SmtpRegisterTests(PostgresFixture postgres) : RoomTests(postgres)
{
    private static readonly IPAddress Somewhere = IPAddress.Parse("198.51.100.7");

    private CreatedTenant _acme = null!;   // set before each test

    protected override async Task FurnishAsync() => _acme = await Room.NewTenantAsync("acme");

    [Fact]
    public async Task What_is_kept_proves_the_password_and_no_other()
    {
        var made = await MakeAsync("shop");
        var kept = await KeptAsync(made.Label.ToUpperInvariant());

        var keys = new ScramKeys(kept!.Salt, kept.Iterations, kept.StoredKey, kept.ServerKey);
        Assert.True(keys.IsPassword(made.Secret));
        Assert.False(keys.IsPassword(made.Secret[..^1]));
        Assert.True(kept.Iterations >= ScramKeys.MinIterations && kept.Salt.Length >= 16);
        Assert.Equal(ScramKeys.Derive(made.Secret, kept.Salt.Span, kept.Iterations).ServerKey.ToArray(), kept.ServerKey.ToArray());
        var rows = await Database.System.ListAsync<string>("select s::text from tenancy.smtp_secret s union all select c::text from tenancy.smtp_credential c", null, Ct);
        Assert.DoesNotContain(rows, r => r.Contains(made.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_proved_it_is_the_tenants_confined_to_its_domains()
    {
        var made = await MakeAsync("shop", domains: "Shop.Acme.example, bücher.example");
        var granted = Assert.IsType<SmtpAccess.Granted>(await EnterAsync(made.Label));

        Assert.Equal((_acme.Tenant.Id, "smtp:shop"), (granted.Caller.Tenant, granted.Caller.Actor));
        Assert.Empty(granted.Caller.Permissions);
        Assert.Equal(["shop.acme.example", "xn--bcher-kva.example"], granted.Domains);
        var listed = Assert.Single(await Room.Smtp.ListAsync(_acme.Tenant.Id, Ct));
        Assert.Equal((made.Label, Clock.GetUtcNow()), (listed.Label, listed.LastUsedAt));
    }

    [Theory]
    [InlineData("192.0.2.7", true)]
    [InlineData("198.51.100.7", false)]
    [InlineData("2001:db8::7", true)]
    [InlineData("2001:db9::7", false)]
    public async Task It_is_taken_from_its_networks_alone(string from, bool isTaken)
    {
        var made = await MakeAsync("shop", networks: "192.0.2.0/24 2001:db8::/32");
        Assert.Equal(isTaken, await EnterAsync(made.Label, IPAddress.Parse(from)) is SmtpAccess.Granted);
        Assert.Equal(isTaken, !Room.Audit.Entries.Any(e => e is { Outcome: AuditOutcome.Refused, Actor: "smtp:shop" }));
    }

    [Fact]
    public async Task The_tenants_rule_holds_for_programs_too()
    {
        var made = await MakeAsync("shop");
        Assert.True(await Room.Networks.SetAsync(_acme.Tenant.Id, null, NetworkList.Parse("192.0.2.0/24"), Ct));
        Assert.IsType<SmtpAccess.Refused>(await EnterAsync(made.Label));
        Assert.IsType<SmtpAccess.Granted>(await EnterAsync(made.Label, IPAddress.Parse("192.0.2.7")));
    }

    [Fact]
    public async Task A_rotated_credential_is_taken_by_both_names_for_as_long_as_was_said()
    {
        var old = await MakeAsync("shop");
        var made = (await Room.Smtp.RotateAsync(_acme.Tenant.Id, "shop", TimeSpan.FromHours(2), Maker.CommandLine, Ct)).Value;
        Assert.Equal((await KeptAsync(old.Label))!.Id, (await KeptAsync(made.Label))!.Id);

        Clock.Advance(TimeSpan.FromHours(2));
        Assert.Null(await KeptAsync(old.Label));
        Assert.NotNull(await KeptAsync(made.Label));
    }

    [Fact]
    public async Task Who_was_revoked_or_expired_between_proof_and_question_is_refused()
    {
        var made = await MakeAsync("shop");
        var brief = await MakeAsync("brief", expiresAt: Clock.GetUtcNow().AddSeconds(1));
        var (first, second) = ((await KeptAsync(made.Label))!, (await KeptAsync(brief.Label))!);

        Assert.Equal("shop", await Room.Smtp.RevokeAsync(_acme.Tenant.Id, made.Label, "test", Ct));
        Clock.Advance(CallerFreshness.Age);
        Assert.IsType<SmtpAccess.Refused>(await Room.Smtp.AuthorizeAsync(first, Somewhere, Ct));
        Assert.IsType<SmtpAccess.Refused>(await Room.Smtp.AuthorizeAsync(second, Somewhere, Ct));
        Assert.Null(await KeptAsync(made.Label));
    }

    [Fact]
    public async Task A_deactivated_tenant_submits_nothing()
    {
        var made = await MakeAsync("shop");
        await Database.System.RunAsync("update tenancy.tenant set state = 'deactivated' where tenant_id = @Id", new { _acme.Tenant.Id }, Ct);
        Clock.Advance(TenantBook.Freshness);
        Assert.IsType<SmtpAccess.Refused>(await EnterAsync(made.Label));
    }

    [Fact]
    public async Task Another_tenant_neither_sees_nor_turns_nor_ends_it()
    {
        await MakeAsync("shop");
        var globex = (await Room.NewTenantAsync("globex", "bob@globex.example")).Tenant.Id;
        Assert.Empty(await Room.Smtp.ListAsync(globex, Ct));
        Assert.Null(await Room.Smtp.RevokeAsync(globex, "shop", "test", Ct));
        Assert.IsType<NotFound>((await Room.Smtp.RotateAsync(globex, "shop", TimeSpan.Zero, Maker.CommandLine, Ct)).Fault);
    }

    [Fact]
    public async Task Bad_requests_are_refused_in_words()
    {
        await MakeAsync("shop");
        Assert.IsType<CredentialNameTaken>((await TryAsync("shop")).Fault);
        Assert.IsType<BadCredentialName>((await TryAsync("")).Fault);
        Assert.IsType<BadCredentialName>((await TryAsync("a\nb")).Fault);
        Assert.IsType<BadOverlap>((await Room.Smtp.RotateAsync(_acme.Tenant.Id, "shop", TimeSpan.FromHours(-1), Maker.CommandLine, Ct)).Fault);
        Assert.All(["localhost", "a b@c", "-x.example", "*.example"], word => Assert.False(DomainNames.TryParse(word, out _, out _)));
    }

    private async Task<SmtpAccess> EnterAsync(string userName, IPAddress? from = null) => await Room.Smtp.AuthorizeAsync((await KeptAsync(userName))!, from ?? Somewhere, Ct);

    private ValueTask<SmtpCredential?> KeptAsync(string userName) => Room.Smtp.FindAsync(userName, Ct);

    private Task<Result<NewCredential>> TryAsync(string name) => Room.Smtp.CreateAsync(_acme.Tenant.Id, Draft(name), Maker.CommandLine, Ct);

    private async Task<NewCredential> MakeAsync(string name, string domains = "", string networks = "", DateTimeOffset? expiresAt = null) =>
        (await Room.Smtp.CreateAsync(_acme.Tenant.Id, Draft(name, domains, networks, expiresAt), Maker.CommandLine, Ct)).Value;

    private static CredentialDraft Draft(string name, string domains = "", string networks = "", DateTimeOffset? expiresAt = null) => new(name, [domains], NetworkList.Parse(networks), expiresAt);
}
