using Modular.Delivery.Domains;
using Modular.Mail.Dkim;
using Modular.Testing;

namespace Modular.Delivery.Tests.Domains;

/// <summary>What a sending domain has DNS publish, and what its mail is signed with.</summary>
public sealed class SendingDomainTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long Campaign = 3;

    private readonly TestFolder _folder = new("delivery-domains");
    private TestDatabase _database = null!;
    private DeliveryHost _host = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path);
        await _host.AddDomainAsync(_tenant);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_domain_has_an_rsa_and_an_ed25519_key_and_every_mail_is_signed_with_both()
    {
        Assert.SkipUnless(DkimKey.WhyNoEd25519 is null, DkimKey.WhyNoEd25519 ?? "");
        var domain = Assert.Single(await _host.Get<SendingDomains>().ListAsync(_tenant, Ct));
        Assert.Equal(["rsa-sha256", "ed25519-sha256"], domain.DkimRecords.Select(record => record.Algorithm));

        await _host.QueueAsync(_tenant, Campaign, ["ann@example.com"]);
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await _host.UntilAsync(_tenant, Campaign, counts => counts.FinishedAt is not null);

        var content = Assert.Single(_host.CapturedMails()).Content;
        var end = content.Span.IndexOf("\r\n\r\n"u8);
        var dns = new FakeDns();
        foreach (var record in domain.DkimRecords) dns.Text($"{record.Selector}._domainkey.{domain.Domain}", record.Value);
        var results = await DkimVerifier.VerifyAsync(content[..(end + 2)], content[(end + 4)..], dns, TimeProvider.System.GetUtcNow(), Ct);
        Assert.Equal([("rsa-sha256", DkimVerdict.Pass), ("ed25519-sha256", DkimVerdict.Pass)], results.Select(result => (result.Signature.Algorithm, result.Verdict)));
        Assert.All(results, result => Assert.Null(result.Signature.BodyBytes));
    }

    [Fact]
    public async Task A_removed_domain_takes_its_keys_along_and_comes_back_with_others()
    {
        var before = Assert.Single(await _host.Get<SendingDomains>().ListAsync(_tenant, Ct));
        Assert.True((await _host.Get<SendingDomains>().RemoveAsync(DeliveryHost.As(_tenant), before.Domain, Ct)).IsOk);
        Assert.Equal(0, await _database.Tenants.FindAsync<long>(_tenant, "select count(*) from sending_domain_key", null, Ct));
        Assert.Empty(await _host.Get<SendingDomains>().FindKeysAsync(_tenant, before.Domain, Ct));

        await _host.AddDomainAsync(_tenant);

        var after = Assert.Single(await _host.Get<SendingDomains>().ListAsync(_tenant, Ct));
        Assert.Empty(after.DkimRecords.Select(record => record.Value).Intersect(before.DkimRecords.Select(record => record.Value)));
    }
}
