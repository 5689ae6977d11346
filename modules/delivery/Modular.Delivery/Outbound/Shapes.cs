using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Modular.Delivery.Outbound;

/// <summary>Finds whose servers a destination has: providers take mail for many domains, and count what comes from us over all of them.</summary>
internal sealed class Shapes
{
    private const int MaxKept = 50_000;

    private readonly ConcurrentDictionary<string, Shape> _shapes = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Domain, string Provider)> _providers;
    private readonly DeliverySettings _settings;
    private readonly WarmUp _warmUp;

    public Shapes(IOptions<DeliverySettings> settings)
    {
        _settings = settings.Value;
        _warmUp = new WarmUp(_settings.Sending.WarmUpSince, [.. Numbers(_settings.Sending.WarmUp)]);
        _providers =
        [
            .. _settings.Shaping.SelectMany(shape => shape.Value.Servers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(domain => (domain, shape.Key)))
                .OrderByDescending(entry => entry.domain.Length),
        ];
    }

    /// <summary>By its first server, the one that mail goes to as a rule; a destination of nobody we know has one of its own, with the limits of <c>default</c>.</summary>
    public Shape Find(Route route)
    {
        if (route is CaptureRoutes) return new Shape(new ShapeSettings(), new WarmUp(null, []));
        var server = route.Servers.Count > 0 ? route.Servers[0] : route.Name;
        var provider = _providers.Find(entry => IsBelow(server, entry.Domain)).Provider;
        if (_shapes.Count > MaxKept) _shapes.Clear();
        return _shapes.GetOrAdd(provider is null ? "at " + server : "of " + provider, _ => new Shape(_settings.Shaping.GetValueOrDefault(provider ?? "default") ?? new ShapeSettings(), _warmUp));
    }

    private static bool IsBelow(string host, string domain) =>
        host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && (host.Length == domain.Length || host[^(domain.Length + 1)] is '.');

    private static IEnumerable<int> Numbers(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(word => int.Parse(word, System.Globalization.CultureInfo.InvariantCulture));
}
