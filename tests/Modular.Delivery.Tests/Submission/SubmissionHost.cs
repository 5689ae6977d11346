using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Modular.Mail.Smtp;
using Modular.Tenancy;
using Modular.Testing;

namespace Modular.Delivery.Tests.Submission;

/// <summary>Delivery with one credential, <c>shop</c>, of its one tenant.</summary>
internal sealed class SubmissionHost : IAsyncDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly TestFolder _folder = new("delivery-submission");

    private SubmissionHost(TestDatabase database, TenantId tenant) => (Database, Tenant) = (database, tenant);

    public TestDatabase Database { get; }

    public TenantId Tenant { get; }

    public DeliveryHost Host { get; private set; } = null!;

    public PlayedCredentials Credentials { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<SubmissionHost> StartAsync(PostgresFixture postgres, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var database = await postgres.NewDatabaseAsync(Ct);
        var made = new SubmissionHost(database, await database.NewTenantAsync(Ct));
        var all = new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>())
        {
            ["Delivery:Submission:FailureDelay"] = "00:00:00",
        };
        made.Credentials = new PlayedCredentials(made.Tenant);
        made.Host = await DeliveryHost.StartAsync(database, [made.Tenant], made._folder.Path, all, services: services => services.AddSingleton<ISmtpCredentials>(made.Credentials));
        await made.Host.AddDomainAsync(made.Tenant);
        return made;
    }

    public Task<long> CountAsync(string table) => Database.Tenants.FindAsync<long>(Tenant, "select count(*) from " + table, null, Ct);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Database.DisposeAsync();
        _folder.Dispose();
    }
}

internal sealed class PlayedCredentials(TenantId tenant) : ISmtpCredentials
{
    private const long Id = 77;

    private static readonly ScramKeys Keys = ScramKeys.Derive(SubmissionHost.Password, RandomNumberGenerator.GetBytes(16), ScramKeys.MinIterations);

    public string? Refusal { get; set; }

    public IReadOnlyList<string> Domains { get; set; } = [];

    public ValueTask<SmtpCredential?> FindAsync(string userName, CancellationToken ct) => ValueTask.FromResult(
        userName.Equals("shop", StringComparison.OrdinalIgnoreCase) ? new SmtpCredential(Id, "shop", Keys.Salt, Keys.Iterations, Keys.StoredKey, Keys.ServerKey) : null);

    public ValueTask<SmtpAccess> AuthorizeAsync(SmtpCredential proven, IPAddress client, CancellationToken ct) => ValueTask.FromResult<SmtpAccess>(
        proven.Id is not Id ? new SmtpAccess.Refused("no such credential")
        : Refusal is { } reason ? new SmtpAccess.Refused(reason)
        : new SmtpAccess.Granted(new Caller(tenant, "acme", "Acme", "smtp:shop", new HashSet<string>()), Domains));
}
