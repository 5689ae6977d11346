using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Modular.Kernel.Auditing;
using Modular.Kernel.Mailing;
using Modular.Tenancy.Agreement;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Invitations;
using Modular.Tenancy.Networks;
using Modular.Tenancy.OwnAccount;
using Modular.Tenancy.Policies;
using Modular.Tenancy.Quotas;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.SmtpCredentials;
using Modular.Tenancy.SupportAccess;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests;

/// <summary>The module's own parts on a database and a clock of their own, without a host. A second one on the same database is a second process.</summary>
internal sealed class TenancyRoom : IDisposable
{
    private readonly TestDatabase _database;

    public TenancyRoom(TestDatabase database, FakeClock clock)
    {
        Book = new TenantBook(database.System, clock);
        Passwords = new Passwords();
        Accounts = new Accounts(database.System, database.Sealer, Passwords, clock);
        Deeds = new Deeds(database.Tenants, Audit, Audit);
        Keys = new KeyRegister(database.System, Deeds, clock);
        Creation = new TenantCreation(database.System, new Provisioning(database), Book, Accounts, Keys, Deeds, clock);
        Memberships = new Memberships(database.System, Book, Accounts, clock);
        Roles = new RoleBook(database.System, Memberships, clock);
        Sessions = new SessionBook(database.System, database.Sealer, clock);
        Policies = new PolicyBook(database.System, clock);
        Throttle = new SignInThrottle();
        LockOut = new LockOut(clock);
        Check = new PasswordCheck(Accounts, Passwords, Policies, Throttle, LockOut, database.Sealer, Audit);
        Judge = new PasswordJudge(database.System, Accounts, Policies, Book, Passwords);
        Tokens = new OneUseTokens(database.System, database.Sealer, clock);
        Letters = new Letters(new HostFacts("", new Uri("https://console.host.example/"), HostRoles.All, new HostPorts(0, 0, 0, 0, 0, 0)), database.Tenants, Accounts, Book, Audit, database.Sealer, Texts());
        Reset = new PasswordReset(database.System, Accounts, Tokens, Letters, Judge, Memberships, NullLogger<PasswordReset>.Instance);
        AddressChange = new AddressChange(database.System, Accounts, Tokens, Letters, Memberships, Deeds);
        Members = new MemberBook(database.System, Accounts, Roles, Memberships, Deeds);
        Invitations = new InvitationBook(database.System, database.Sealer, Accounts, Roles, Book, Judge, Letters, Memberships, new UserQuota(new QuotaBook(database.System, Book, Audit, clock)), Deeds, clock);
        Agreements = new AgreementBook(database.System, database.Sealer, Memberships, Deeds, Audit, clock);
        Support = new SupportBook(database.System, Roles, Memberships, Deeds, clock);
        _database = database;
        Factors = new FactorBook(database.System, database.Sealer, clock);
        Networks = new NetworkRules(database.System, Audit, clock);
        Smtp = new SmtpRegister(database.System, Book, Networks, Deeds, clock);
        NetworkChanges = new NetworkChanges(Networks, Keys, Smtp, Deeds);
        Callers = new Callers(Keys, new OperatorKeys(database.System, Audit, Audit, clock), Book, Networks);
        Gate = new FactorGate(Factors, Policies, Book, database.System, clock);
        Basic = new BasicCredentials(Check, Memberships, Callers, Book, Networks, Gate, clock);
    }

    public TenantBook Book { get; }

    public Passwords Passwords { get; }

    public Accounts Accounts { get; }

    public KeyRegister Keys { get; }

    public Deeds Deeds { get; }

    public TenantCreation Creation { get; }

    public Memberships Memberships { get; }

    public RoleBook Roles { get; }

    public SessionBook Sessions { get; }

    public PolicyBook Policies { get; }

    public SignInThrottle Throttle { get; }

    public LockOut LockOut { get; }

    public PasswordCheck Check { get; }

    public PasswordJudge Judge { get; }

    public OneUseTokens Tokens { get; }

    public Letters Letters { get; }

    public PasswordReset Reset { get; }

    public AddressChange AddressChange { get; }

    public MemberBook Members { get; }

    public InvitationBook Invitations { get; }

    public AgreementBook Agreements { get; }

    public SupportBook Support { get; }

    public NetworkRules Networks { get; }

    public NetworkChanges NetworkChanges { get; }

    public SmtpRegister Smtp { get; }

    public Callers Callers { get; }

    public FactorBook Factors { get; }

    public FactorGate Gate { get; }

    public BasicCredentials Basic { get; }

    public RecordingAudit Audit { get; } = new();

    public async Task<CreatedTenant> NewTenantAsync(string slug, string administrator = "ann@acme.example") =>
        (await Creation.CreateAsync(slug, slug, EmailAddress.Parse(administrator), null, "test", TestContext.Current.CancellationToken)).Value;

    /// <summary>What was written to people so far.</summary>
    public IReadOnlyList<Letter> Written => [.. _database.Outbox.Told.OfType<MailRequested>().Select(m => m.Open(_database.Sealer))];

    public void Dispose()
    {
        Reset.Dispose();
        Book.Dispose();
        Passwords.Dispose();
        Throttle.Dispose();
    }

    private static StringLocalizer<Texts> Texts() => new(new ResourceManagerStringLocalizerFactory(Options.Create(new LocalizationOptions()), NullLoggerFactory.Instance));

    private sealed class Provisioning(TestDatabase database) : ITenantProvisioning
    {
        public Task ProvisionAsync(TenantId tenant, CancellationToken ct) => database.ProvisionAsync(tenant, ct);
    }
}

/// <summary>Compliance serves the real one; here it is enough to know what was recorded.</summary>
internal sealed class RecordingAudit : IAudit, IInstallationAudit, IRefusalLog
{
    private readonly List<AuditEntry> _entries = [];

    public IReadOnlyList<AuditEntry> Entries => _entries;

    public Task AppendAsync(TenantTransaction transaction, AuditEntry entry, CancellationToken ct)
    {
        _entries.Add(entry);
        return Task.CompletedTask;
    }

    public Task AppendAsync(SystemTransaction transaction, AuditEntry entry, CancellationToken ct) => RecordAsync(entry, ct);

    public Task RecordAsync(AuditEntry entry, CancellationToken ct)
    {
        _entries.Add(entry);
        return Task.CompletedTask;
    }

    public void Refused(TenantId? tenant, string actor, string action, string subject, string reason, AuditOrigin? from = null) =>
        _entries.Add(new AuditEntry(actor, action, subject, reason) { Outcome = AuditOutcome.Refused });
}
