using System.Diagnostics.Metrics;

namespace Modular.Tenancy.Keys;

/// <summary>How far the rotations have come, over all tenants.</summary>
internal static class KeyMetrics
{
    private static readonly Meter Meter = new("Modular.Tenancy");
    private static readonly Counter<long> Values = Meter.CreateCounter<long>("modular.keys.resealed", "{value}", "Values sealed anew with a tenant's newest key");
    private static readonly Gauge<int> Rotations = Meter.CreateGauge<int>("modular.keys.rotations", "{tenant}", "Tenants whose data is being sealed anew");
    private static readonly Gauge<double> Progress = Meter.CreateGauge<double>("modular.keys.rotation.progress", "1", "Share of its columns that the slowest rotation has sealed anew; 1 when none runs");

    public static void Resealed(int values) => Values.Add(values);

    public static void Running(IReadOnlyList<RotationState> running, int columns)
    {
        Rotations.Record(running.Count);
        Progress.Record(running.Where(r => r.Phase == "sealing").Select(r => (double)r.ColumnIndex / columns).DefaultIfEmpty(1).Min());
    }
}
