using Modular.Kernel.Auditing;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Policies;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;
using Modular.Testing;

namespace Modular.Tenancy.Tests;

/// <summary>The module's own parts on a database and a clock of their own, without a host. A second one on the same database is a second process.</summary>
internal sealed class TenancyRoom : IDisposable
{
    public TenancyRoom(TestDatabase database, FakeClock clock)
    {
        Book = new TenantBook(database.System, clock);
        Passwords = new Passwords();
        Accounts = new Accounts(database.System, database.Sealer, Passwords, clock);
        Keys = new KeyRegister(database.System, clock);
        Deeds = new Deeds(database.Tenants, Audit, Audit);
        Creation = new TenantCreation(database.System, new Provisioning(database), Book, Accounts, Keys, Deeds, clock);
        Memberships = new Memberships(database.System, Book, Accounts, clock);
        Roles = new RoleBook(database.System, Memberships, clock);
        Sessions = new SessionBook(database.System, database.Sealer, clock);
        Policies = new PolicyBook(database.System, clock);
        Throttle = new SignInThrottle();
        Check = new PasswordCheck(Accounts, Passwords, Throttle, database.Sealer, Audit);
        Callers = new Callers(Keys, new OperatorKeys(database.System, Audit, clock), Book);
        Factors = new FactorBook(database.System, database.Sealer, clock);
        Basic = new BasicCredentials(Check, Memberships, Callers, Book, new FactorGate(Factors, Policies, Book, database.System, clock), clock);
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

    public PasswordCheck Check { get; }

    public Callers Callers { get; }

    public FactorBook Factors { get; }

    public BasicCredentials Basic { get; }

    public RecordingAudit Audit { get; } = new();

    public async Task<CreatedTenant> NewTenantAsync(string slug, string administrator = "ann@acme.example") =>
        (await Creation.CreateAsync(slug, slug, EmailAddress.Parse(administrator), null, "test", TestContext.Current.CancellationToken)).Value;

    public void Dispose()
    {
        Book.Dispose();
        Passwords.Dispose();
        Throttle.Dispose();
    }

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
