using System.Diagnostics.Metrics;

namespace Modular.Delivery;

/// <summary>What an operator watches: how much, how late, how slow.</summary>
internal static class DeliveryMetrics
{
    private static readonly Meter Meter = new("Modular.Delivery");
    private static readonly Counter<long> Messages = Meter.CreateCounter<long>("modular.delivery.messages", "{message}", "Outcomes of attempts, by kind");
    private static readonly Histogram<double> Commits = Meter.CreateHistogram<double>("modular.delivery.commit.duration", "s", "One commit of outcomes");
    private static readonly Histogram<double> QueueAge = Meter.CreateHistogram<double>("modular.delivery.queue.age", "s", "From queued to the first attempt");
    private static readonly Counter<long> Received = Meter.CreateCounter<long>("modular.delivery.gateway.messages", "{message}", "Mail taken by the gateway");
    private static readonly Counter<long> Reports = Meter.CreateCounter<long>("modular.delivery.returns", "{message}", "Returned mail read, by verdict");

    public static void Settled(string outcome) => Messages.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Committed(TimeSpan duration) => Commits.Record(duration.TotalSeconds);

    public static void Started(TimeSpan age) => QueueAge.Record(age.TotalSeconds);

    public static void Accepted(int messages) => Received.Add(messages);

    public static void Read(string verdict) => Reports.Add(1, new KeyValuePair<string, object?>("verdict", verdict));
}
