using Microsoft.Extensions.Logging.Abstractions;
using Modular.Compliance.Auditing;
using Modular.Kernel.Auditing;
using Modular.Testing;
using Npgsql;

namespace Modular.Compliance.Tests.Auditing;

/// <summary>A database with one tenant and everything of the audit, without a host: as a command of the command line has it, so that each append anchors itself.</summary>
internal sealed class AuditRoom : IAsyncDisposable
{
    private AuditRoom(TestDatabase database, TenantId acme)
    {
        (Database, Acme) = (database, acme);
        Keys = new TrailKeys(database.Sealer);
        Connections = new TrailConnections(database.Tenants, database.System);
        Anchors = new AnchorBook(database.System, Keys, Clock);
        Check = new TrailCheck(Connections, Anchors, Keys);
        Anchoring = new Anchoring(new HostFacts("/", new Uri("http://localhost"), HostRoles.None, new HostPorts(0, 0, 0, 0, 0)), Anchors, Check, NullLogger<Anchoring>.Instance);
        Trail = new AuditTrail(database.System, new TrailWriter(Keys, Clock), Anchoring);
        Reader = new TrailReader(Connections, Keys);
    }

    public FakeClock Clock { get; } = new();

    public TestDatabase Database { get; }

    public TenantId Acme { get; }

    public Trail AcmesTrail => new(Acme);

    public TrailKeys Keys { get; }

    public TrailConnections Connections { get; }

    public AnchorBook Anchors { get; }

    public Anchoring Anchoring { get; }

    public TrailCheck Check { get; }

    public AuditTrail Trail { get; }

    public TrailReader Reader { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<AuditRoom> OpenAsync(PostgresFixture postgres)
    {
        var database = await postgres.NewDatabaseAsync(Ct);
        return new AuditRoom(database, await database.NewTenantAsync(Ct));
    }

    public async Task RecordAsync(params AuditEntry[] entries)
    {
        await using var tx = await Database.Tenants.BeginAsync(Acme, Ct);
        foreach (var entry in entries) await Trail.AppendAsync(tx, entry, Ct);
        await tx.CommitAsync(Ct);
    }

    public async Task<IReadOnlyList<AuditedDeed>> ReadAsync(TrailSearch? search = null) => await Reader.PageAsync(AcmesTrail, search ?? TrailSearch.All, null, 1000, Ct);

    public Task<TrailVerdict> VerifyAsync(TrailHead? noted = null) => Check.VerifyAsync(AcmesTrail, noted, Ct);

    /// <summary>With more rights than anything in the suite has: as the owner of the tables.</summary>
    public async Task TamperAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Database.OwnerConnectionString + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand($"set search_path = {Acme.Schema}; {sql}", connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
