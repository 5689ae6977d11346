using Modular.Delivery.Domains;
using Modular.Delivery.Letters;
using Modular.Delivery.Queue;
using Modular.Delivery.Submission;
using Modular.Kernel.Mailing;
using Modular.Mail.Dkim;
using Modular.Testing;

namespace Modular.Delivery.Tests.Domains;

/// <summary>The installation's signature beside a tenant's.</summary>
public sealed class OwnSignatureTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Own = "mail.host.example";
    private const long Campaign = 3;

    private readonly TestFolder _folder = new("delivery-own");
    private TestDatabase _database = null!;   // set before each test
    private DeliveryHost _host = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _host = await StartAsync();
        await _host.AddDomainAsync(_tenant);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_campaigns_mail_has_the_senders_signature_and_the_installations_and_each_verifies()
    {
        await _host.QueueAsync(_tenant, Campaign, ["ann@example.com"]);
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await _host.UntilAsync(_tenant, Campaign, counts => counts.FinishedAt is not null);

        var results = await VerifyAsync();
        Assert.Equal([PlayedSource.From.Domain, Own], results.Select(result => result.Signature.Domain).Distinct());
        Assert.All(results, result => Assert.Equal(DkimVerdict.Pass, result.Verdict));
    }

    [Fact]
    public async Task A_letter_from_a_domain_without_keys_has_the_installations()
    {
        var asked = MailRequested.For(_tenant, "test.reset", new Letter("ann@example.com", "Your new password", "Here."), _database.Sealer);
        await new OnMailRequested(
            _database.Tenants, _database.Sealer, _host.Get<SubmittedTable>(), _host.Get<LetterWriter>(), _host.Get<SendSignal>(), Microsoft.Extensions.Logging.Abstractions.NullLogger<OnMailRequested>.Instance).HandleAsync(asked, Ct);
        await Eventually.HoldsAsync(() => _host.CapturedMails().Count is 1, Ct);

        var result = Assert.Single(await VerifyAsync());
        Assert.Equal((Own, DkimVerdict.Pass), (result.Signature.Domain, result.Verdict));
    }

    [Fact]
    public async Task Its_key_is_made_once_whoever_asks_first_and_is_there_after_a_restart()
    {
        var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => (await NewSignature(_host).FindAsync(Ct))!.Selector + (await NewSignature(_host).RecordAsync(Ct))!.Value.Record.Value));
        Assert.Single(asked.Distinct());
        await _host.DisposeAsync();
        _host = await StartAsync();
        Assert.Contains((await _host.Get<OwnSignature>().RecordAsync(Ct))!.Value.Record.Value, asked[0], StringComparison.Ordinal);
    }

    private OwnSignature NewSignature(DeliveryHost host) =>
        new(_database.System, _database.Sealer, host.Get<Microsoft.Extensions.Options.IOptions<DeliverySettings>>(), TimeProvider.System);

    private Task<DeliveryHost> StartAsync() => DeliveryHost.StartAsync(_database, [_tenant], _folder.Path, new Dictionary<string, string?> { ["Delivery:SigningDomain"] = Own });

    private async Task<IReadOnlyList<DkimResult>> VerifyAsync()
    {
        var dns = new FakeDns();
        foreach (var domain in await _host.Get<SendingDomains>().ListAsync(_tenant, Ct))
        {
            foreach (var record in domain.DkimRecords) dns.Text($"{record.Selector}._domainkey.{domain.Domain}", record.Value);
        }
        var own = (await _host.Get<OwnSignature>().RecordAsync(Ct))!.Value.Record;
        dns.Text($"{own.Selector}._domainkey.{Own}", own.Value);
        var content = Assert.Single(_host.CapturedMails()).Content;
        var end = content.Span.IndexOf("\r\n\r\n"u8);
        return await DkimVerifier.VerifyAsync(content[..(end + 2)], content[(end + 4)..], dns, TimeProvider.System.GetUtcNow(), Ct);
    }
}
