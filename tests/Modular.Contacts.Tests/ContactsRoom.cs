using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Modular.Compliance;
using Modular.Contacts.DropFolder;
using Modular.Contacts.Fields;
using Modular.Contacts.Importing;
using Modular.Contacts.Importing.Schedules;
using Modular.Contacts.Lists;
using Modular.Contacts.Segments;
using Modular.Contacts.Tests.Importing;
using Modular.Kernel.Auditing;
using Modular.Testing;

namespace Modular.Contacts.Tests;

/// <summary>A tenant's room in a database of its own, with the module's own classes around it: no host, no mock of anything that is ours.</summary>
public class ContactsRoom(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly TestFolder _folder = new("contacts");

    public TestDatabase Database { get; private set; } = null!; // InitializeAsync

    public TenantId Tenant { get; private set; }

    internal Reach All => Reach.Whole(Tenant);

    internal FakeClock Clock { get; } = new();

    internal NotedAudit Audit { get; } = new();

    internal NotedSuppressions Suppressions { get; } = new();

    internal PlayedTenancy Tenancy { get; private set; } = null!;

    internal ContactQuota Limits { get; private set; } = null!;

    internal StorageUse Use { get; private set; } = null!;

    internal FieldBook Fields { get; private set; } = null!;

    internal ListBook Lists { get; private set; } = null!;

    internal SegmentBook Segments { get; private set; } = null!;

    internal ContactBook Contacts { get; private set; } = null!;

    internal Audiences Audiences { get; private set; } = null!;

    internal DropFolders Folders { get; private set; } = null!;

    internal ImportJobs Jobs { get; private set; } = null!;

    internal ScriptedSources Sources { get; } = new();

    internal ImportSchedules Schedules { get; private set; } = null!;

    internal ImportFaults Faults { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.NewDatabaseAsync(TestContext.Current.CancellationToken);
        Tenant = await Database.NewTenantAsync(TestContext.Current.CancellationToken);
        Tenancy = new PlayedTenancy(Tenant);
        Folders = new DropFolders(new HostFacts(_folder.Path, new Uri("http://127.0.0.1"), HostRoles.None, new HostPorts(0, 0, 0, 0, 0)), Database.Sealer);
        Use = new StorageUse(Database.Tenants, Folders);
        Limits = new ContactQuota(Database.Tenants, Tenancy, Use);
        Fields = new FieldBook(Database.Tenants);
        Lists = new ListBook(Database.Tenants, Clock);
        Segments = new SegmentBook(Database.Tenants, Fields, Audit, Clock);
        Contacts = new ContactBook(Database.Tenants, Database.Sealer, Fields, Suppressions, Limits, Audit, Clock);
        Audiences = new Audiences(Database.Tenants, Database.Sealer, Segments);
        Jobs = new ImportJobs(Database.Tenants, Clock);
        Faults = new ImportFaults(Database.Tenants);
        Schedules = new ImportSchedules(Database.Tenants, Database.Sealer, Jobs, Sources, Audit, Clock);
    }

    internal ImportRun NewRun() => new(Database.Tenants, Database.Sealer, Jobs, new ImportSources(Folders, Schedules, Sources, Database.Sealer, Clock), Schedules, Fields, Lists, new ErrorFile(Faults, Folders), Limits, Tenancy, Audit, Clock, NullLogger<ImportRun>.Instance);

    /// <summary>Puts a file into the drop folder and imports it.</summary>
    internal async Task<ImportJob> ImportAsync(string name, string csv, ImportSettings? settings = null) => await RunAsync(await DropAsync(name, Encoding.UTF8.GetBytes(csv), settings));

    internal async Task<long> DropAsync(string name, byte[] content, ImportSettings? settings = null)
    {
        var path = await PutAsync(name, content);
        return await Jobs.AddFileAsync(All, name, FileTag.Of(path), settings ?? new ImportSettings(), "user:test", CancellationToken.None) ?? throw new InvalidOperationException("This file is known already.");
    }

    /// <summary>As WebDAV puts it there.</summary>
    internal async Task<string> PutAsync(string name, ReadOnlyMemory<byte> content)
    {
        var path = Path.Combine(Folders.ImportOf(Tenant), name);
        using var stream = new MemoryStream(content.ToArray());
        Assert.True(await Folders.StoreAsync(Tenant, stream, path, long.MaxValue, CancellationToken.None));
        return path;
    }

    internal Task<string> PutAsync(string name, string content) => PutAsync(name, Encoding.UTF8.GetBytes(content));

    internal async Task<ImportJob> RunAsync(long importId)
    {
        var owner = Guid.NewGuid();
        var job = await Jobs.ClaimAsync(Tenant, owner, importId, CancellationToken.None) ?? throw new InvalidOperationException("The import cannot be claimed.");
        await NewRun().RunAsync(Tenant, job, owner, CancellationToken.None);
        return await Jobs.FindAsync(All, importId, CancellationToken.None) ?? throw new InvalidOperationException("The import vanished.");
    }

    internal async Task AddFieldAsync(string name, FieldType type, bool isPersonal = false, bool isSearchable = false, params string[] choices) =>
        Assert.Null((await Fields.AddAsync(Tenant, new FieldDefinition(name, name, type, isPersonal, isSearchable, choices), CancellationToken.None)).Fault);

    internal async Task<OpenedContact> GetAsync(string email) => await Contacts.FindAsync(All, EmailAddress.Parse(email), CancellationToken.None) ?? throw new InvalidOperationException($"There is no {email}.");

    internal string ErrorFile(string name)
    {
        using var file = new StreamReader(Folders.OpenRead(Tenant, Path.Combine(Folders.ImportOf(Tenant), name)));
        return file.ReadToEnd();
    }

    internal Task<long> CountAsync(string table) => Database.Tenants.FindAsync<long>(Tenant, string.Create(CultureInfo.InvariantCulture, $"select count(*) from {table}"), null, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (Database is not null) await Database.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Another module's part, of which the tests ask only what it was told.</summary>
    internal sealed class NotedAudit : IAudit
    {
        public List<AuditEntry> Entries { get; } = [];

        public Task AppendAsync(TenantTransaction transaction, AuditEntry entry, CancellationToken ct)
        {
            Entries.Add(entry);
            return Task.CompletedTask;
        }
    }

    internal sealed class NotedSuppressions : ISuppressionList
    {
        public List<Suppression> Entries { get; } = [];

        public Task<IReadOnlyDictionary<EmailIndex, Suppression>> FindAsync(TenantId tenant, IReadOnlyCollection<EmailIndex> addresses, CancellationToken ct) =>
            Task.FromResult<IReadOnlyDictionary<EmailIndex, Suppression>>(Entries.Where(e => addresses.Contains(e.Email)).ToDictionary(e => e.Email));

        public Task SuppressAsync(TenantId tenant, IReadOnlyCollection<Suppression> entries, CancellationToken ct)
        {
            Entries.AddRange(entries);
            return Task.CompletedTask;
        }
    }
}
