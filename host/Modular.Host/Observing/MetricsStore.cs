using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Modular.Host.Observing;

/// <summary>Adds up what the suite's meters measure, for <c>/metrics</c>. Listens to meters named <c>Modular.*</c> and to the runtime's own.</summary>
internal sealed class MetricsStore : IDisposable
{
    /// <summary>Label sets of one instrument, at most: a label that grows with the data (a tenant, a domain) must not fill the memory.</summary>
    private const int MaxSeries = 2_000;

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _instruments = new();

    public MetricsStore()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("Modular.", StringComparison.Ordinal) || instrument.Meter.Name is "System.Runtime" or "Microsoft.AspNetCore.Server.Kestrel")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<byte>((i, v, tags, _) => Add(i, v, tags));
        _listener.SetMeasurementEventCallback<short>((i, v, tags, _) => Add(i, v, tags));
        _listener.SetMeasurementEventCallback<int>((i, v, tags, _) => Add(i, v, tags));
        _listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Add(i, v, tags));
        _listener.SetMeasurementEventCallback<float>((i, v, tags, _) => Add(i, v, tags));
        _listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Add(i, v, tags));
        _listener.SetMeasurementEventCallback<decimal>((i, v, tags, _) => Add(i, (double)v, tags));
        _listener.Start();
    }

    /// <summary>The sums as they stand, observable instruments asked first.</summary>
    public IEnumerable<(Instrument Instrument, IEnumerable<KeyValuePair<string, Series>> Series)> Read()
    {
        _listener.RecordObservableInstruments();
        return _instruments.OrderBy(i => i.Key.Name, StringComparer.Ordinal).Select(i => (i.Key, i.Value.OrderBy(s => s.Key, StringComparer.Ordinal).AsEnumerable()));
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var byLabels = _instruments.GetOrAdd(instrument, _ => new());
        var labels = PrometheusText.Labels(tags);
        if (byLabels.TryGetValue(labels, out var series) || byLabels.Count < MaxSeries && (series = byLabels.GetOrAdd(labels, _ => new Series())) is not null)
            series.Add(value, KindOf(instrument));
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType();
        return type.IsGenericType ? Kinds.GetValueOrDefault(type.GetGenericTypeDefinition(), MetricKind.Gauge) : MetricKind.Gauge;
    }

    private static readonly Dictionary<Type, MetricKind> Kinds = new()
    {
        [typeof(Counter<>)] = MetricKind.Counter,
        [typeof(ObservableCounter<>)] = MetricKind.ObservedCounter,
        [typeof(UpDownCounter<>)] = MetricKind.UpDown,
        [typeof(Histogram<>)] = MetricKind.Histogram,
    };

    /// <summary>What an instrument is to Prometheus.</summary>
    public static MetricKind Kind(Instrument instrument) => KindOf(instrument);
}

internal enum MetricKind
{
    Gauge,
    Counter,
    ObservedCounter,
    UpDown,
    Histogram,
}

/// <summary>One instrument under one set of labels. Thread-safe.</summary>
internal sealed class Series
{
    /// <summary>Upper bounds in the instrument's own unit; most of ours are seconds.</summary>
    public static readonly double[] Bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300];

    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[Bounds.Length];
    private double _value;
    private long _count;

    public void Add(double value, MetricKind kind)
    {
        lock (_lock)
        {
            _value = kind is MetricKind.Gauge or MetricKind.ObservedCounter ? value : _value + value;
            _count++;
            if (kind is MetricKind.Histogram && Array.FindIndex(Bounds, b => value <= b) is var bucket and >= 0)
                _buckets[bucket]++;
        }
    }

    /// <returns>Value or sum, count, and for each bound how many were at or below it.</returns>
    public (double Value, long Count, long[] Cumulative) Read()
    {
        lock (_lock)
        {
            var cumulative = new long[Bounds.Length];
            long sum = 0;
            for (var i = 0; i < Bounds.Length; i++)
                cumulative[i] = sum += _buckets[i];
            return (_value, _count, cumulative);
        }
    }
}
