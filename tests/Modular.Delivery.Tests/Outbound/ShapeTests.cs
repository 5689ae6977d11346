using Microsoft.Extensions.Options;
using Modular.Delivery.Outbound;
using Modular.Mail.Smtp.Client;

namespace Modular.Delivery.Tests.Outbound;

/// <summary>Rates and connections towards one provider, without a clock.</summary>
public sealed class ShapeTests
{
    private static readonly DateTimeOffset Start = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly WarmUp Known = new(null, []);

    [Theory]
    [InlineData(5, 0, 300)]
    [InlineData(0, 3_600, 60)]
    [InlineData(50, 7_200, 120)]   // the tighter one
    public void A_minute_brings_as_many_messages_as_the_rate_says_and_no_more(double perSecond, int perHour, int wanted)
    {
        var shape = new Shape(new ShapeSettings { PerSecond = perSecond, PerHour = perHour }, Known);
        var begun = 0;
        for (var now = Start; now < Start.AddMinutes(1); now += TimeSpan.FromMilliseconds(10))
        {
            while (shape.TryBegin(now) == TimeSpan.Zero) begun++;
        }

        Assert.InRange(begun, wanted * 0.95, wanted * 1.05);
    }

    [Fact]
    public void Who_may_not_begin_is_told_for_how_long()
    {
        var shape = new Shape(new ShapeSettings { PerHour = 2 }, Known);

        Assert.Equal(TimeSpan.Zero, shape.TryBegin(Start));
        Assert.InRange(shape.TryBegin(Start), TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(30));
        Assert.Equal(shape.Wait(Start), shape.TryBegin(Start));
        Assert.Equal(TimeSpan.Zero, shape.TryBegin(Start.AddMinutes(30)));
    }

    [Fact]
    public void Without_limits_everything_may_begin()
    {
        var shape = new Shape(new ShapeSettings(), Known);

        for (var i = 0; i < 10_000; i++) Assert.Equal(TimeSpan.Zero, shape.TryBegin(Start));
    }

    [Theory]
    [InlineData(-1, 50)]
    [InlineData(0, 50)]
    [InlineData(1, 100)]
    [InlineData(2, null)]
    public void A_new_address_sends_more_each_day_until_it_is_known(int day, int? perDay) => Assert.Equal(perDay, new WarmUp(new DateOnly(2026, 12, 1), [50, 100]).PerDay(Start.AddDays(day).AddHours(12)));

    [Fact]
    public void A_first_day_brings_its_number_of_messages()
    {
        var shape = new Shape(new ShapeSettings(), new WarmUp(new DateOnly(2026, 12, 1), [50]));
        var begun = 0;
        for (var now = Start; now < Start.AddDays(1); now += TimeSpan.FromMinutes(1))
        {
            while (shape.TryBegin(now) == TimeSpan.Zero) begun++;
        }

        Assert.InRange(begun, 49, 51);
        Assert.Equal(TimeSpan.Zero, shape.Wait(Start.AddDays(1)) + shape.TryBegin(Start.AddDays(1)) + shape.TryBegin(Start.AddDays(1)));
    }

    [Fact]
    public void Domains_with_servers_of_one_provider_share_its_connections_and_others_do_not()
    {
        var settings = new DeliverySettings { Shaping = { ["big"] = new ShapeSettings { Servers = "big.example, big.test", MaxConnections = 2 }, ["default"] = new ShapeSettings { MaxConnections = 1 } } };
        var shapes = new Shapes(Options.Create(settings));
        var (first, second) = (shapes.Find(new PlayedRoute("mx1.big.example")), shapes.Find(new PlayedRoute("BIG.test")));

        Assert.Same(first, second);
        Assert.True(first.TryOpen());
        Assert.True(second.TryOpen());
        Assert.False(second.TryOpen());
        first.Close();
        Assert.True(second.TryOpen());

        var other = shapes.Find(new PlayedRoute("mx.notbig.example"));
        Assert.NotSame(other, shapes.Find(new PlayedRoute("mx.small.example")));
        Assert.Same(other, shapes.Find(new PlayedRoute("mx.notbig.example")));
        Assert.True(other.TryOpen());
        Assert.False(other.TryOpen());
    }

    private sealed class PlayedRoute(string server) : Route
    {
        public override string Name => server;

        public override IReadOnlyList<string> Servers => [server];

        public override int MaxConnections => 10;

        public override int MaxMessagesPerConnection => 100;

        public override Task<OpenConnection> ConnectAsync(SmtpTranscript? transcript, CancellationToken ct) => throw new NotSupportedException();
    }
}
