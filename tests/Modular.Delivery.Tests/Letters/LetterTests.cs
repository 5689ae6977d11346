using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Modular.Compliance;
using Modular.Delivery.Capture;
using Modular.Delivery.Letters;
using Modular.Delivery.Queue;
using Modular.Delivery.Submission;
using Modular.Kernel.Mailing;
using Modular.Mail.Mime;
using Modular.Testing;

namespace Modular.Delivery.Tests.Letters;

/// <summary>What the suite writes to its users, heard and sent.</summary>
public sealed class LetterTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly TestFolder _folder = new("delivery-letters");
    private TestDatabase _database = null!;
    private TenantId _tenant;
    private DeliveryHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_letter_that_was_heard_twice_arrives_once_as_it_was_written()
    {
        var asked = MailRequested.For(_tenant, "test.invitation", new Letter("Ann.Müller@example.com", "Grüße von Acme", "Hallo Ann,\nhttps://acme.example/i/abc\n", "<p>Hallo Ann</p>"), _database.Sealer);
        await HearAsync(asked);
        await HearAsync(asked);
        await Eventually.HoldsAsync(() => _host.CapturedMails().Count is 1, Ct);

        var message = MimeMessage.Parse(_host.CapturedMails()[0].Content);
        Assert.Equal("Grüße von Acme", message.Subject);
        Assert.Equal("no-reply@bounces.modular.localhost", message.From[0].Address);
        Assert.Equal("auto-generated", message.Headers["Auto-Submitted"]);
        Assert.Equal("Hallo Ann,\nhttps://acme.example/i/abc\n", message.Body.Parts[0].DecodeText().ReplaceLineEndings("\n"));
        Assert.Null(message.Headers["DKIM-Signature"]); // no sending domain covers it
        Assert.Equal(1, await _database.Tenants.FindAsync<long>(_tenant, "select count(*) from submitted_message", null, Ct));
    }

    [Fact]
    public async Task An_address_on_the_suppression_list_gets_its_letters()
    {
        await _host.Suppressions.SuppressAsync(
            _tenant, [new(_database.Sealer.Index(_tenant, EmailAddress.Parse("gone@example.com")), SuppressionReason.Unsubscribed, "test", TimeProvider.System.GetUtcNow())], Ct);
        await HearAsync(MailRequested.For(_tenant, "test.reset", new Letter("gone@example.com", "Your new password", "Here."), _database.Sealer));
        await Eventually.HoldsAsync(() => _host.CapturedMails().Count is 1, Ct);
    }

    [Fact]
    public async Task What_was_captured_of_a_tenant_can_be_read_no_more_when_its_keys_are_destroyed_and_is_still_counted()
    {
        await HearAsync(MailRequested.For(_tenant, "test.invitation", new Letter("ann@example.com", "Hello", "Here."), _database.Sealer));
        var (files, mails) = (_host.Get<CaptureFiles>(), _host.Get<CapturedMails>());
        await Eventually.HoldsAsync(() => mails.List(DeliveryHost.As(_tenant), null, null, null, 10).Count is 1, Ct);
        _database.Keys.Shred(_tenant);

        Assert.Empty(mails.List(DeliveryHost.As(_tenant), null, null, null, 10));
        var (number, record) = Assert.Single(files.ReadFrom(0));
        Assert.Null(files.Open(number, record));
        Assert.Equal(1, _host.Captured(_tenant).Messages);
    }

    [Fact]
    public async Task A_letter_lies_sealed_from_the_teller_to_the_queue()
    {
        var asked = MailRequested.For(_tenant, "test.reset", new Letter("ann@example.com", "Your new password", "secret-link"), _database.Sealer);
        Assert.DoesNotContain("ann@example", Encoding.UTF8.GetString(asked.Sealed), StringComparison.Ordinal);
        await HearAsync(asked);
        var message = await _database.Tenants.FindAsync<byte[]>(_tenant, "select message from submitted_message", null, Ct);
        Assert.DoesNotContain("secret-link", Encoding.Latin1.GetString(message!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_captured_letter_is_shown_only_to_whom_it_could_not_raise()
    {
        await HearAsync(MailRequested.For(_tenant, "test.reset", new Letter("owner@example.com", "Your new password", "Here."), _database.Sealer));
        await Eventually.HoldsAsync(() => _host.CapturedMails().Count is 1, Ct);

        var (mails, number) = (_host.Get<CapturedMails>(), _host.CapturedMails()[0].Number);
        var (analyst, administrator) = (NewCaller(Permissions.DeliveryRead), NewCaller(Permissions.DeliveryRead, Permissions.SecurityManage));
        Assert.Empty(mails.List(analyst, null, null, null, 10));
        Assert.Null(mails.Find(analyst, number));
        Assert.Single(mails.List(administrator, null, null, null, 10));
        Assert.NotNull(mails.Find(administrator, number));
    }

    private Caller NewCaller(params string[] permissions) => new(_tenant, "acme", "Acme", "user:test", permissions.ToHashSet(StringComparer.Ordinal));

    private Task HearAsync(MailRequested asked) => new OnMailRequested(
        _database.Tenants, _database.Sealer, _host.Get<SubmittedTable>(), _host.Get<LetterWriter>(), _host.Get<SendSignal>(), NullLogger<OnMailRequested>.Instance).HandleAsync(asked, Ct);
}
