using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Modular.Mail.Smtp;
using Modular.Tenancy;
using Modular.Testing;

namespace Modular.Delivery.Tests.Submission;

/// <summary>Delivery with a certificate and one credential, <c>shop</c>, of its one tenant.</summary>
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
            ["Delivery:Gateway:Certificate:Path"] = Certify(made._folder.Path),
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

    private static string Certify(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.modular.localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mail.modular.localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        var path = Path.Combine(folder, "smtp.pem");
        File.WriteAllText(path, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        return path;
    }
}

internal sealed class PlayedCredentials(TenantId tenant) : ISmtpCredentials
{
    private const long Id = 77;

    private static readonly ScramKeys Keys = ScramKeys.Derive(SubmissionHost.Password, RandomNumberGenerator.GetBytes(16), ScramKeys.MinIterations);

    public string? Refusal { get; set; }

    public IReadOnlyList<string> Domains { get; set; } = [];

    public ValueTask<SmtpCredential?> FindAsync(string userName, CancellationToken ct) => ValueTask.FromResult(
        userName.Equals("shop", StringComparison.OrdinalIgnoreCase) ? new SmtpCredential(Id, Keys.Salt, Keys.Iterations, Keys.StoredKey, Keys.ServerKey) : null);

    public ValueTask<SmtpAccess> AuthorizeAsync(long credentialId, IPAddress client, CancellationToken ct) => ValueTask.FromResult<SmtpAccess>(
        credentialId is not Id ? new SmtpAccess.Refused("no such credential")
        : Refusal is { } reason ? new SmtpAccess.Refused(reason)
        : new SmtpAccess.Granted(new Caller(tenant, "acme", "Acme", "smtp:shop", new HashSet<string>()), Domains));
}
