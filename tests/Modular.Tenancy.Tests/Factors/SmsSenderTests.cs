using Microsoft.Extensions.Logging.Abstractions;
using Modular.Plugins;
using Modular.Plugins.Hosting;
using Modular.Tenancy.Sms;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Factors;

public sealed class SmsSenderTests(PostgresFixture postgres) : RoomTests(postgres, new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero))
{
    private static readonly PhoneNumber Ann = Number("+491701234567");
    private readonly Loft _loft = new();
    private TenantId _tenant;

    private SmsSetup Setup => new(Database.System, Database.Sealer, _loft, _loft, Clock);

    private SmsSender Sender => new(Setup, _loft, _loft, Database.System, Database.Sealer, Clock, NullLogger<SmsSender>.Instance);

    protected override async Task FurnishAsync() => _tenant = (await Room.NewTenantAsync("acme")).Tenant.Id;

    [Fact]
    public async Task Without_a_gateway_nothing_is_sent_and_capture_mode_needs_none()
    {
        Assert.IsType<SmsNotSetUp>(await Sender.SendAsync(_tenant, Ann, "123456", Ct));

        _loft.IsOn = true;
        Assert.Null(await Sender.SendAsync(_tenant, Ann, "123456", Ct));
        Assert.Equal("+491701234567 123456", Assert.Single(_loft.Captured));
    }

    [Fact]
    public async Task In_capture_mode_nothing_leaves_whatever_is_set_up()
    {
        await UseAsync();
        _loft.IsOn = true;

        Assert.Null(await Sender.SendAsync(_tenant, Ann, "123456", Ct));
        Assert.Empty(_loft.Sent);
    }

    [Fact]
    public async Task The_gateway_gets_its_settings_and_they_are_sealed()
    {
        await UseAsync();

        Assert.Null(await Sender.SendAsync(_tenant, Ann, "123456", Ct));
        Assert.Equal("s3cret +491701234567 123456", Assert.Single(_loft.Sent));
        Assert.DoesNotContain("s3cret", await Database.System.FindAsync<string>("select encode(settings_sealed, 'escape') from tenancy.sms_gateway", null, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setup_that_cannot_work_is_refused_with_its_reason()
    {
        Assert.IsType<SmsGatewayUnknown>(await Setup.SaveAsync(new SmsRoute("raven", new Dictionary<string, string>(), [], 10), Ct));
        Assert.IsType<SmsSettingMissing>(await Setup.SaveAsync(new SmsRoute("pigeon", new Dictionary<string, string>(), [], 10), Ct));
        Assert.IsType<SmsSettingUnknown>(await Setup.SaveAsync(new SmsRoute("pigeon", new Dictionary<string, string> { ["token"] = "x", ["tokne"] = "x" }, [], 10), Ct));
    }

    [Fact]
    public async Task A_number_gets_three_in_a_quarter_of_an_hour_and_ten_a_day_however_many_ask_at_once()
    {
        await UseAsync();
        Assert.Equal(SmsSender.PerNumberQuarter, await SendManyAsync(20));
        for (var i = 0; i < 6; i++)
        {
            Clock.Advance(TimeSpan.FromMinutes(16));
            await SendManyAsync(5);
        }

        Assert.Equal(SmsSender.PerNumberDay, _loft.Sent.Count);
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await Sender.SendAsync(_tenant, Ann, "123456", Ct));
    }

    [Fact]
    public async Task A_tenant_cannot_make_it_cost_without_end()
    {
        await UseAsync(perDay: 4);
        for (var i = 0; i < 10; i++) await Sender.SendAsync(_tenant, Number($"+4917012345{i:D2}"), "123456", Ct);

        Assert.Equal(4, _loft.Sent.Count);
        var other = (await Room.NewTenantAsync("other", "bob@other.example")).Tenant.Id;
        Assert.Null(await Sender.SendAsync(other, Ann, "123456", Ct));
    }

    [Fact]
    public async Task Numbers_of_other_countries_are_not_served()
    {
        await UseAsync(countries: ["+49", "+43"]);

        Assert.Null(await Sender.SendAsync(_tenant, Ann, "123456", Ct));
        Assert.Equal("number", Assert.IsType<CountryNotServed>(await Sender.SendAsync(_tenant, Number("+12025550100"), "123456", Ct)).Field);
    }

    [Theory]
    [InlineData("fault", "The loft is empty.")]
    [InlineData("bug", "The gateway pigeon failed: InvalidOperationException.")]
    public async Task A_gateway_that_fails_is_a_fault_and_no_crash(string failure, string said)
    {
        await UseAsync();
        _loft.Failure = failure;

        Assert.Equal(said, Assert.IsType<SmsNotSent>(await Sender.SendAsync(_tenant, Ann, "123456", Ct)).Detail);
    }

    private async Task UseAsync(int perDay = 500, string[]? countries = null) =>
        Assert.Null(await Setup.SaveAsync(new SmsRoute("pigeon", new Dictionary<string, string> { ["token"] = "s3cret" }, countries ?? [], perDay), Ct));

    private async Task<int> SendManyAsync(int count) => (await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Sender.SendAsync(_tenant, Ann, "123456", Ct)))).Count(f => f is null);

    private static PhoneNumber Number(string text) => PhoneNumber.TryParse(text, out var number) ? number : throw new ArgumentException(text);

    /// <summary>A plugin's gateway and the capture server, as the module sees them.</summary>
    private sealed class Loft : ISmsGateways, ISmsGateway, ISmsLease, ISmsCapture
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _sent = new(), _captured = new();

        public IReadOnlyCollection<string> Sent => _sent;

        public IReadOnlyCollection<string> Captured => _captured;

        public string? Failure { get; set; }

        public bool IsOn { get; set; }

        public string Name => "pigeon";

        public ISmsGateway Gateway => this;

        public HttpClient Http { get; } = new();

        public IReadOnlyList<PluginStatus> Plugins => [new PluginStatus("loft", "1.0.0", "/", PluginState.Active, null, [], [new PluginSetting("token", "Token", "", true, true)], []) { Gateways = ["pigeon"] }];

        public ISmsLease? Open(string name) => name == Name ? this : null;

        public Task SendAsync(SmsContext context, SmsMessage message, CancellationToken ct)
        {
            switch (Failure)
            {
                case "fault": throw new SmsFaultException("The loft is empty.", isTransient: true);
                case "bug": throw new InvalidOperationException("a bug");
                default: _sent.Enqueue($"{context.Required("token")} {message.To} {message.Text}"); return Task.CompletedTask;
            }
        }

        public Task KeepAsync(TenantId tenant, string to, string text, CancellationToken ct)
        {
            _captured.Enqueue($"{to} {text}");
            return Task.CompletedTask;
        }

        public void Dispose()
        {
        }
    }
}
