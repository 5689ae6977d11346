using Modular.Kernel.Auditing;
using Modular.Tenancy.ApiKeys;
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
        Deeds = new Deeds(database.Tenants, Audit);
        Creation = new TenantCreation(database.System, new Provisioning(database), Book, Accounts, Keys, Deeds, clock);
        Memberships = new Memberships(database.System, Book, Accounts, clock);
        Throttle = new SignInThrottle();
        Check = new PasswordCheck(Accounts, Passwords, Throttle, database.Sealer);
        Callers = new Callers(Keys, Book);
        Basic = new BasicCredentials(Check, Memberships, Callers, Book, clock);
    }

    public TenantBook Book { get; }

    public Passwords Passwords { get; }

    public Accounts Accounts { get; }

    public KeyRegister Keys { get; }

    public Deeds Deeds { get; }

    public TenantCreation Creation { get; }

    public Memberships Memberships { get; }

    public SignInThrottle Throttle { get; }

    public PasswordCheck Check { get; }

    public Callers Callers { get; }

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
internal sealed class RecordingAudit : IAudit
{
    private readonly List<AuditEntry> _entries = [];

    public IReadOnlyList<AuditEntry> Entries => _entries;

    public Task AppendAsync(TenantTransaction transaction, AuditEntry entry, CancellationToken ct)
    {
        _entries.Add(entry);
        return Task.CompletedTask;
    }
}
