using System.Diagnostics.Metrics;

namespace Modular.Host.Outbox;

internal sealed class OutboxMetrics
{
    private readonly Counter<long> _heard;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _parked;

    public OutboxMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Modular.Outbox");
        _heard = meter.CreateCounter<long>("modular.outbox.heard", description: "Events heard");
        _failed = meter.CreateCounter<long>("modular.outbox.failed", description: "Events whose hearer failed and that are told again");
        _parked = meter.CreateCounter<long>("modular.outbox.parked", description: "Events given up and left to a person");
    }

    public void Heard(int count) => _heard.Add(count);

    public void Failed() => _failed.Add(1);

    public void Parked() => _parked.Add(1);
}
