using System.Buffers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Modular.Delivery.Gateway;
using Modular.Mail.Dkim;
using Modular.Mail.Dns;
using Modular.Mail.Smtp.Client;
using Modular.Testing;

namespace Modular.Delivery.Tests.Gateway;

/// <summary>Reports to the feedback address that quote an address of ours: who may say something by them.</summary>
public sealed class ReporterTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly DkimKey Key = DkimKey.Generate();

    private readonly TestFolder _folder = new("delivery-reporters");
    private readonly FakeDns _dns = new FakeDns().Text("_dmarc.provider.example", "v=DMARC1; p=reject").Text("s1._domainkey.provider.example", Key.DnsText);
    private TestDatabase _database = null!;
    private DeliveryHost _host = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _host = await DeliveryHost.StartAsync(
            _database, [_tenant], _folder.Path, new Dictionary<string, string?> { ["Delivery:Mode"] = "Mx" }, services: services => services.AddSingleton<IDnsResolver>(_dns));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_forged_report_stays_unheard()
    {
        await SendAsync(Report());

        var verdict = await VerdictAsync();
        Assert.StartsWith("not believed: spf=none far.example; dmarc=fail provider.example", verdict, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task A_report_that_its_author_has_signed_reaches_the_tenant()
    {
        await SendAsync(Signed(Report()));

        Assert.EndsWith("dkim=pass provider.example; dmarc=pass provider.example", await VerdictAsync(), StringComparison.Ordinal);
        Assert.Equal("spf=none far.example; dkim=pass provider.example; dmarc=pass provider.example", await _database.Tenants.FindAsync<string>(_tenant, "select trust from inbound", null, Ct));
    }

    [Fact]
    public async Task What_cannot_be_checked_yet_waits()
    {
        _dns.Broken("_dmarc.provider.example", DnsType.Txt);
        await SendAsync(Signed(Report()));

        await Eventually.HoldsAsync(async () => await _database.System.FindAsync<long>("select count(*) from delivery.inbound where attempts > 0", null, Ct) is 1, Ct);
        Assert.Equal(1, await _database.System.FindAsync<long>("select count(*) from delivery.inbound where verdict is null and due_at is not null", null, Ct));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Who_knows_the_signed_address_needs_no_more()
    {
        await SendAsync(Report(), Sign(AddressKind.Feedback));

        Assert.Equal("the signed address", await _database.Tenants.FindAsync<string>(_tenant, "select trust from inbound", null, Ct));
    }

    private string Sign(AddressKind kind) => _host.Get<SignedAddresses>().Write(new SignedAddress(kind, _tenant, 17)) + "@bounces.modular.localhost";

    private byte[] Report() => Encoding.ASCII.GetBytes($"""
        From: FBL <fbl@provider.example>
        To: fbl@bounces.modular.localhost
        Subject: complaint
        Content-Type: multipart/report; report-type=feedback-report; boundary=b1

        --b1
        Content-Type: text/plain

        A complaint.
        --b1
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: Provider/1
        Version: 1

        --b1
        Content-Type: message/rfc822

        Return-Path: <{Sign(AddressKind.Bounce)}>
        Subject: News

        News.
        --b1--

        """.ReplaceLineEndings("\r\n"));

    private static byte[] Signed(byte[] report)
    {
        var end = report.AsSpan().IndexOf("\r\n\r\n"u8);
        using var signer = new DkimSigner("provider.example", "s1", Key.PrivateKeyPem);
        var field = new ArrayBufferWriter<byte>();
        signer.Sign(report.AsSpan(0, end + 2), report.AsSpan(end + 4), TimeProvider.System.GetUtcNow(), field);
        return [.. field.WrittenSpan, .. report];
    }

    private async Task<string> VerdictAsync()
    {
        string? verdict = null;
        await Eventually.HoldsAsync(async () => (verdict = await _database.System.FindAsync<string?>("select verdict from delivery.inbound", null, Ct)) is not null, Ct);
        return verdict!;     // the line before waited for it
    }

    private Task<long> CountAsync() => _database.Tenants.FindAsync<long>(_tenant, "select count(*) from inbound", null, Ct)!;

    private async Task SendAsync(byte[] content, string to = "fbl@bounces.modular.localhost")
    {
        var options = new SmtpClientOptions { HeloName = "far.example", Tls = TlsPolicy.Never };
        await using var connection = await SmtpConnection.ConnectAsync(_host.Gateway, options, TimeProvider.System, Ct);
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(new OutgoingEnvelope("", to), content, Ct));
    }
}
