using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Modular.Compliance;
using Modular.Delivery.Capture;
using Modular.Delivery.Domains;
using Modular.Delivery.Gateway;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy;
using Modular.Testing;

namespace Modular.Delivery.Tests;

/// <summary>Delivery alone, as the host runs it: its services, its workers, its listeners on free ports, a real database; its neighbours are played by the test.</summary>
internal sealed class DeliveryHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DeliveryHost(WebApplication app, TestDatabase database)
    {
        (_app, Database) = (app, database);
        Suppressions = Get<PlayedSuppressions>();
        Source = Get<PlayedSource>();
    }

    public TestDatabase Database { get; }

    public PlayedSuppressions Suppressions { get; }

    public PlayedSource Source { get; }

    public IDeliveries Deliveries => Get<IDeliveries>();

    public IPEndPoint Gateway => new(IPAddress.Loopback, Get<SmtpPorts>().Gateway);

    public IPEndPoint Capture => new(IPAddress.Loopback, Get<SmtpPorts>().Capture);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <param name="folder">Keeps the captured mail of a host that came before.</param>
    public static async Task<DeliveryHost> StartAsync(
        TestDatabase database, IReadOnlyList<TenantId> tenants, string folder, IReadOnlyDictionary<string, string?>? settings = null, HostRoles roles = HostRoles.All,
        Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (Environment.GetEnvironmentVariable("MODULAR_TEST_LOG") is not null) builder.Logging.AddSimpleConsole();
        builder.WebHost.UseUrls();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Delivery:Mx:ChecksOwnName"] = "false" });
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<SignInThrottle>();
        builder.Services.AddSingleton(new HostFacts(folder, new Uri("http://127.0.0.1:1"), roles, new HostPorts(0, 0, 0, 0, 0)));
        builder.Services.AddSingleton(database.Tenants).AddSingleton(database.System).AddSingleton(database.Sealer);
        builder.Services.AddSingleton(new PlayedTenants(tenants)).AddSingleton<ITenantDirectory>(provider => provider.GetRequiredService<PlayedTenants>()).AddSingleton<IQuotas>(provider => provider.GetRequiredService<PlayedTenants>());
        builder.Services.AddSingleton<PlayedSuppressions>().AddSingleton<ISuppressionList>(provider => provider.GetRequiredService<PlayedSuppressions>());
        builder.Services.AddSingleton<PlayedSource>().AddSingleton<IMessageSource>(provider => provider.GetRequiredService<PlayedSource>());
        builder.Services.AddSingleton<IAudit, PlayedAudit>();
        new DeliveryModule().AddServices(builder.Services, builder.Configuration.GetSection("Delivery"));
        builder.Services.AddSingleton<IRefusalLog, PlayedRefusals>().AddSingleton<ISmtpCredentials, NoCredentials>().AddSingleton<IServerCertificate, PlayedCertificate>();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        await app.StartAsync(Ct);
        return new DeliveryHost(app, database);
    }

    /// <summary>Somebody who may everything in this tenant.</summary>
    public static Caller As(TenantId tenant) => new(tenant, "acme", "Acme", "user:test", Permissions.All);

    /// <summary>Makes the sending domain that <see cref="PlayedSource"/> writes from.</summary>
    public async Task AddDomainAsync(TenantId tenant) => Assert.True((await Get<SendingDomains>().CreateAsync(As(tenant), PlayedSource.From.Domain, Ct)).IsOk);

    /// <summary>Queues one recipient for each address; contact ids count from <paramref name="firstContact"/>.</summary>
    public async Task QueueAsync(TenantId tenant, long campaignId, IReadOnlyList<string> addresses, long firstContact = 1)
    {
        for (var i = 0; i < addresses.Count; i += 5_000)
        {
            await Deliveries.QueueAsync(tenant, campaignId, [.. addresses.Skip(i).Take(5_000).Select((address, n) => Handover(tenant, firstContact + i + n, address))], Ct);
        }
    }

    public Handover Handover(TenantId tenant, long contactId, string address)
    {
        var to = EmailAddress.Parse(address);
        Source.Contacts[contactId] = to;
        return new Handover(contactId, Database.Sealer.Index(tenant, to), to.Domain, null);
    }

    public async Task<DeliveryCounts> CountAsync(TenantId tenant, long campaignId) => (await Deliveries.CountAsync(tenant, [campaignId], Ct))[campaignId];

    /// <summary>Asks again until <paramref name="isSo"/>; fails with what it last saw when that takes more than a minute.</summary>
    public async Task<DeliveryCounts> UntilAsync(TenantId tenant, long campaignId, Func<DeliveryCounts, bool> isSo)
    {
        DeliveryCounts counts;
        var start = TimeProvider.System.GetTimestamp();
        while (!isSo(counts = await CountAsync(tenant, campaignId)))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(1), $"It never came: {counts}");
            await Task.Delay(20, Ct);
        }
        return counts;
    }

    public CaptureCounts Captured(TenantId tenant) => CaptureCounts.Of(Get<CaptureFiles>(), tenant);

    public IReadOnlyList<CapturedMail> CapturedMails() => [.. Get<CaptureFiles>().ReadFrom(0).Select(line => Get<CaptureFiles>().Open(line.Number, line.Record)!)];

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>The ledger's states, counted from its rows: what the tally must say too.</summary>
    public async Task<IReadOnlyDictionary<short, long>> RecountAsync(TenantId tenant, long campaignId) =>
        (await Database.Tenants.ListAsync<Recount>(tenant, """
            select case when d.state in (0, 3) and d.due_at is null and d.recipient_id <= r.cursor_id then 1::smallint else d.state end as state, count(*) as n
              from delivery d join campaign_run r using (campaign_id) where d.campaign_id = @campaignId and d.test_to is null group by 1
            """, new { campaignId }, Ct)).ToDictionary(row => row.State, row => row.N);

    private sealed record Recount(short State, long N);
}

internal sealed class PlayedTenants(IReadOnlyList<TenantId> tenants) : ITenantDirectory, IQuotas
{
    private int _mails = int.MaxValue;

    public IReadOnlyList<TenantId> Active { get; set; } = tenants;

    /// <summary>Mails that may still be begun.</summary>
    public int Mails
    {
        get => Volatile.Read(ref _mails);
        set => Volatile.Write(ref _mails, value);
    }

    public ValueTask<IReadOnlyList<TenantId>> ActiveAsync(CancellationToken ct) => ValueTask.FromResult(Active);

    public ValueTask<Quota> FindAsync(TenantId tenant, CancellationToken ct) => ValueTask.FromResult(Quota.None);

    public ValueTask<int> TakeMailsAsync(TenantId tenant, int wanted, CancellationToken ct)
    {
        if (Mails is int.MaxValue) return ValueTask.FromResult(wanted);
        var got = Math.Min(wanted, Mails);
        Interlocked.Add(ref _mails, -got);
        return ValueTask.FromResult(got);
    }

    public ValueTask GiveMailsBackAsync(TenantId tenant, int unused, CancellationToken ct)
    {
        if (Mails is not int.MaxValue) Interlocked.Add(ref _mails, unused);
        return ValueTask.CompletedTask;
    }
}

internal sealed class PlayedAudit : IAudit
{
    public System.Collections.Concurrent.ConcurrentQueue<AuditEntry> Entries { get; } = [];

    public Task AppendAsync(TenantTransaction transaction, AuditEntry entry, CancellationToken ct)
    {
        Entries.Enqueue(entry);
        return Task.CompletedTask;
    }
}

internal sealed class PlayedRefusals : IRefusalLog
{
    public void Refused(TenantId? tenant, string actor, string action, string subject, string reason, AuditOrigin? from = null)
    {
    }
}

internal sealed class NoCredentials : ISmtpCredentials
{
    public ValueTask<SmtpCredential?> FindAsync(string userName, CancellationToken ct) => ValueTask.FromResult<SmtpCredential?>(null);

    public ValueTask<SmtpAccess> AuthorizeAsync(SmtpCredential proven, IPAddress client, CancellationToken ct) => ValueTask.FromResult<SmtpAccess>(new SmtpAccess.Refused("nobody has one"));
}

/// <summary>Signed by itself, as a trial's.</summary>
internal sealed class PlayedCertificate : IServerCertificate, IDisposable
{
    private readonly X509Certificate2 _made = Make();

    public SslStreamCertificateContext Current => SslStreamCertificateContext.Create(_made, null, offline: true);

    public bool IsSelfSigned => true;

    public void Dispose() => _made.Dispose();

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.modular.localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mail.modular.localhost");
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }
}

internal sealed class PlayedSuppressions : ISuppressionList
{
    public ConcurrentDictionary<(TenantId, EmailIndex), Suppression> Entries { get; } = new();

    public Task<IReadOnlyDictionary<EmailIndex, Suppression>> FindAsync(TenantId tenant, IReadOnlyCollection<EmailIndex> addresses, CancellationToken ct) =>
        Task.FromResult<IReadOnlyDictionary<EmailIndex, Suppression>>(addresses.Distinct().Where(a => Entries.ContainsKey((tenant, a))).ToDictionary(a => a, a => Entries[(tenant, a)]));

    public Task SuppressAsync(TenantId tenant, IReadOnlyCollection<Suppression> entries, CancellationToken ct)
    {
        foreach (var entry in entries) Entries[(tenant, entry.Email)] = entry;
        return Task.CompletedTask;
    }
}

/// <summary>Composes a small personal message for each contact it knows.</summary>
internal sealed class PlayedSource : IMessageSource
{
    public static readonly EmailAddress From = EmailAddress.Parse("news@acme.example");

    private static readonly SharedHeader Header = new(From, "Acme News", null, "news.acme.example", "1:acme:news:modular");

    public ConcurrentDictionary<long, EmailAddress> Contacts { get; } = new();

    /// <summary>What stands between header and greeting in each message's HTML.</summary>
    public byte[] Filler { get; set; } = [];

    public Uri? UnsubscribeUrl { get; set; } = new("https://mail.acme.example/u/token");

    public Task<IReadOnlyList<ComposedMessage>> ComposeAsync(TenantId tenant, long campaignId, IReadOnlyList<ComposeRequest> recipients, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<ComposedMessage>>([.. recipients.Select(Compose)]);

    private ComposedMessage Compose(ComposeRequest recipient)
    {
        var to = recipient.To ?? Contacts.GetValueOrDefault(recipient.ContactId);
        if (to is null) return new ComposedMessage.Skipped("contact deleted");
        byte[] text = System.Text.Encoding.UTF8.GetBytes($"Hello {recipient.ContactId},\nthis is the news.\n");
        byte[] html = [.. "<p>Hello "u8, .. System.Text.Encoding.UTF8.GetBytes($"{recipient.ContactId}"), .. "</p>"u8, .. Filler, .. "<p>This is the news.</p>\n"u8];
        return new ComposedMessage.Message(Header, to, $"Contact {recipient.ContactId}", $"News for {recipient.ContactId}", text, html, UnsubscribeUrl);
    }
}
