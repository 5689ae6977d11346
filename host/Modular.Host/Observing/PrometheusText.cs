using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Modular.Kernel.Web;

namespace Modular.Host.Observing;

/// <summary><c>/metrics</c> in Prometheus' text format 0.0.4. Only for this machine: figures are nobody else's business.</summary>
internal static class PrometheusText
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapGet("/metrics", (HttpContext context, MetricsStore store) =>
        context.Client.IsLocal
            ? Results.Text(Write(store), "text/plain; version=0.0.4")
            : Results.NotFound());

    private static string Write(MetricsStore store)
    {
        var text = new StringBuilder();
        foreach (var (instrument, series) in store.Read())
        {
            var kind = MetricsStore.Kind(instrument);
            var name = Name(instrument, kind);
            var type = kind switch { MetricKind.Counter or MetricKind.ObservedCounter => "counter", MetricKind.Histogram => "histogram", _ => "gauge" };
            if (!string.IsNullOrEmpty(instrument.Description))
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description.ReplaceLineEndings(" ")}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n");
            foreach (var (labels, one) in series)
                Write(text, name, labels, one, kind);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, string name, string labels, Series series, MetricKind kind)
    {
        var (value, count, cumulative) = series.Read();
        var braces = labels.Length == 0 ? "" : "{" + labels + "}";
        if (kind is not MetricKind.Histogram)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{braces} {value}\n");
            return;
        }

        var before = labels.Length == 0 ? "" : labels + ",";
        for (var i = 0; i < cumulative.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"{Series.Bounds[i]}\"}} {cumulative[i]}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"+Inf\"}} {count}\n{name}_sum{braces} {value}\n{name}_count{braces} {count}\n");
    }

    private static string Name(Instrument instrument, MetricKind kind)
    {
        var name = Safe(instrument.Name);
        if (instrument.Unit is "s")
            name += "_seconds";
        else if (instrument.Unit is "By")
            name += "_bytes";
        return kind is MetricKind.Counter or MetricKind.ObservedCounter ? name + "_total" : name;
    }

    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var labels = new List<string>(tags.Length);
        foreach (var (key, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels.Add($"{Safe(key)}=\"{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"");
        }

        labels.Sort(StringComparer.Ordinal);
        return string.Join(',', labels);
    }

    private static string Safe(string name) => string.Create(name.Length, name, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
    });
}
