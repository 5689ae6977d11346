using Modular.Host.Migrating;

namespace Modular.Testing;

/// <summary>A migrated database with everything of Kernel that reaches it, and no host: for the tests of one slice.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly TestKeys _keys;
    private readonly DatabaseOwner _owner;

    private TestDatabase(string ownerConnectionString, DatabaseOwner owner, TestKeys keys)
    {
        (OwnerConnectionString, _owner, _keys) = (ownerConnectionString, owner, keys);
        System = new SystemDb(Address);
        Tenants = new TenantDb(Address, keys.Store, Outbox);
    }

    /// <summary>The login that owns the tables.</summary>
    public string OwnerConnectionString { get; }

    public DatabaseAddress Address { get; } = new();

    public SystemDb System { get; }

    public TenantDb Tenants { get; }

    /// <summary>Takes what is told; nobody hears it.</summary>
    public RecordingOutbox Outbox { get; } = new();

    public IKeyStore Keys => _keys.Store;

    public ISealer Sealer => _keys.Sealer;

    /// <summary>Makes a tenant's keys, login, schema and tables. Tenancy knows nothing of it.</summary>
    public async Task<TenantId> NewTenantAsync(CancellationToken ct = default)
    {
        var tenant = TenantId.NewRandom();
        await ProvisionAsync(tenant, ct);
        return tenant;
    }

    /// <summary>The same, for a tenant whose number is known.</summary>
    public Task ProvisionAsync(TenantId tenant, CancellationToken ct) => _owner.ProvisionAsync(tenant, ct);

    internal static async Task<TestDatabase> OpenAsync(string ownerConnectionString, MigrationSet migrations, CancellationToken ct)
    {
        var keys = new TestKeys();
        var owner = new DatabaseOwner(migrations, keys.Store, TestSettings.None, TestLog.Of<DatabaseOwner>());
        var database = new TestDatabase(ownerConnectionString, owner, keys);
        database.Address.Open(await owner.OpenAsync(ownerConnectionString, ct));
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        await Tenants.DisposeAsync();
        await System.DisposeAsync();
        await _owner.DisposeAsync();
        _keys.Dispose();
    }
}
