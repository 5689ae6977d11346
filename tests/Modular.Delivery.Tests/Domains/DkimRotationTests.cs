using Modular.Delivery.Domains;
using Modular.Mail.Dkim;
using Modular.Testing;

namespace Modular.Delivery.Tests.Domains;

/// <summary>New keys for a domain that sends, with a DNS that is changed in between.</summary>
public sealed class DkimRotationTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long Campaign = 3;

    private readonly TestFolder _folder = new("delivery-rotation");
    private readonly FakeClock _clock = new();
    private readonly FakeDns _dns = new();
    private readonly PlayedAudit _audit = new();
    private TestDatabase _database = null!;   // set before each test
    private DeliveryHost _host = null!;
    private DomainKeys _keys = null!;
    private TenantId _tenant;
    private string _domain = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DkimRotation Rotation => new(_database.Tenants, _keys, () => _dns, _audit, _clock);

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path);
        await _host.AddDomainAsync(_tenant);
        _keys = new DomainKeys(_database.Tenants, _database.Sealer, _clock);
        _domain = Assert.Single(await _host.Get<SendingDomains>().ListAsync(_tenant, Ct)).Domain;
        Publish(await KeysAsync(DomainKeyState.Signing));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task They_sign_once_dns_has_them_and_every_mail_before_and_after_can_be_verified()
    {
        var old = await KeysAsync(DomainKeyState.Signing);
        var made = (await Rotation.RenewAsync(DeliveryHost.As(_tenant), _domain, Ct)).Value;
        Assert.Equal(old.Count, made.DkimRecords.Count);
        Assert.Empty(made.DkimRecords.Select(record => record.Selector).Intersect(old.Select(key => key.Selector)));
        Assert.Equal(old.Select(key => key.Selector), (await _host.Get<SendingDomains>().FindKeysAsync(_tenant, _domain, Ct)).Select(key => key.Selector));
        await SendAndVerifyAsync(Campaign, "ann@example.com");

        Publish(await KeysAsync(DomainKeyState.Next));
        Assert.True((await Rotation.SwitchAsync(DeliveryHost.As(_tenant), _domain, Ct)).IsOk);
        Assert.Equal(made.DkimRecords.Select(record => record.Selector), (await _host.Get<SendingDomains>().FindKeysAsync(_tenant, _domain, Ct)).Select(key => key.Selector));
        await SendAndVerifyAsync(Campaign + 1, "bob@example.com");
        Assert.Equal(["sending-domain.keys-made", "sending-domain.keys-switched"], _audit.Entries.Select(e => e.Action));
    }

    [Fact]
    public async Task Without_its_record_or_with_another_keys_nothing_is_switched_and_the_fault_names_the_record()
    {
        var old = await KeysAsync(DomainKeyState.Signing);
        var made = (await Rotation.RenewAsync(DeliveryHost.As(_tenant), _domain, Ct)).Value;
        var name = $"{made.DkimRecords[0].Selector}._domainkey.{_domain}";
        var missing = Assert.IsType<NotPublished>((await Rotation.SwitchAsync(DeliveryHost.As(_tenant), _domain, Ct)).Fault);
        Assert.Equal((name, "there is no key record"), (missing.Name, missing.Why));

        _dns.Text(name, old[0].Record);
        Assert.Contains("the key is another", Assert.IsType<NotPublished>((await Rotation.SwitchAsync(DeliveryHost.As(_tenant), _domain, Ct)).Fault).Why, StringComparison.Ordinal);
        Assert.Equal(old.Select(key => key.Selector), (await KeysAsync(DomainKeyState.Signing)).Select(key => key.Selector));
    }

    [Fact]
    public async Task What_was_replaced_has_no_private_half_and_is_forgotten_when_no_mail_can_be_under_way()
    {
        var old = await KeysAsync(DomainKeyState.Signing);
        await RotateAsync();
        Assert.Equal(old.Count, await _database.Tenants.FindAsync<long>(_tenant, "select count(*) from sending_domain_key where private_key is null", null, Ct));
        Assert.All(await KeysAsync(DomainKeyState.Retired), key => Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromDays(14), key.PublishedUntil));

        _clock.Advance(TimeSpan.FromDays(13));
        await RotateAsync();
        Assert.Equal(2 * old.Count, (await KeysAsync(DomainKeyState.Retired)).Count);
        _clock.Advance(TimeSpan.FromDays(13));
        await RotateAsync();
        Assert.Equal(2 * old.Count, (await KeysAsync(DomainKeyState.Retired)).Count);   // the first ones are gone
        Assert.Empty((await KeysAsync(DomainKeyState.Retired)).Select(key => key.Selector).Intersect(old.Select(key => key.Selector)));
    }

    [Fact]
    public async Task New_keys_are_made_once_and_switched_to_once_however_many_ask()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Rotation.RenewAsync(DeliveryHost.As(_tenant), _domain, Ct)));
        Assert.Equal(3, made.Count(result => result.Fault is NextKeysWait));
        Publish(await KeysAsync(DomainKeyState.Next));
        var switched = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Rotation.SwitchAsync(DeliveryHost.As(_tenant), _domain, Ct)));
        Assert.Equal(3, switched.Count(result => result.Fault is NoNextKeys));
        Assert.IsType<NotFound>((await Rotation.RenewAsync(DeliveryHost.As(_tenant), "other.example", Ct)).Fault);
    }

    private async Task RotateAsync()
    {
        Assert.True((await Rotation.RenewAsync(DeliveryHost.As(_tenant), _domain, Ct)).IsOk);
        Publish(await KeysAsync(DomainKeyState.Next));
        Assert.True((await Rotation.SwitchAsync(DeliveryHost.As(_tenant), _domain, Ct)).IsOk);
    }

    private async Task<List<DomainKey>> KeysAsync(DomainKeyState state) => [.. (await _keys.ListAsync(_tenant, _domain, Ct)).Where(key => key.State == state)];

    private void Publish(IEnumerable<DomainKey> keys)
    {
        foreach (var key in keys) _dns.Text(key.Name, key.Record);
    }

    private async Task SendAndVerifyAsync(long campaign, string to)
    {
        await _host.QueueAsync(_tenant, campaign, [to]);
        await _host.Deliveries.StartAsync(_tenant, campaign, Ct);
        await _host.UntilAsync(_tenant, campaign, counts => counts.FinishedAt is not null);
        var content = _host.CapturedMails().Single(mail => mail.To == to).Content;
        var end = content.Span.IndexOf("\r\n\r\n"u8);
        var results = await DkimVerifier.VerifyAsync(content[..(end + 2)], content[(end + 4)..], _dns, TimeProvider.System.GetUtcNow(), Ct);
        Assert.NotEmpty(results);
        Assert.All(results, result => Assert.Equal(DkimVerdict.Pass, result.Verdict));
    }
}
