using System.Globalization;
using System.Net;
using Modular.Host.Web;

namespace Modular.Host.Settings;

/// <summary>The host's own settings, read once and checked.</summary>
internal sealed record HostSettings(HostFacts Facts, IPAddress Address, Proxies Proxies)
{
    public static HostSettings Read(IConfiguration settings, string dataFolder, HostRoles? roles)
    {
        var ports = Ports(settings.GetSection("Host"));
        var address = settings["Host:Address"] is { Length: > 0 } named
            ? IPAddress.TryParse(named, out var parsed) ? parsed : throw new CannotStartException($"Host:Address is '{named}', which is no IP address.")
            : IPAddress.Loopback;
        var publicUrl = settings["Host:PublicUrl"] is { Length: > 0 } url ? Url(url) : new Uri($"http://127.0.0.1:{ports.Console}");
        return new(new HostFacts(dataFolder, publicUrl, roles ?? Roles(settings["Host:Roles"]), ports), address, Proxies.Read(settings));
    }

    private static HostRoles Roles(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return HostRoles.All;
        return Enum.TryParse<HostRoles>(text, ignoreCase: true, out var roles) && roles is not HostRoles.None && (roles & ~HostRoles.All) is 0
            ? roles
            : throw new CannotStartException($"Host:Roles is '{text}'. It takes web, gateway, sender and worker, with commas between them.");
    }

    private static HostPorts Ports(IConfigurationSection host)
    {
        // --port-base N: console N, gateway N+1, submission N+2, implicit TLS N+3, capture N+4, console over HTTPS N+5
        int? first = host["PortBase"] is { } text ? Port("PortBase (--port-base)", text, highest: IPEndPoint.MaxPort - 5) : null;
        int Of(string name, int offset, int usual) =>
            host["Ports:" + name] is { Length: > 0 } own ? Port("Ports:" + name, own, IPEndPoint.MaxPort) : first + offset ?? usual;
        return new(Of("Console", 0, 8080), Of("Gateway", 1, 2525), Of("Submission", 2, 2587), Of("Smtps", 3, 2465), Of("Capture", 4, 2526), Of("Https", 5, 8443));
    }

    private static int Port(string name, string text, int highest) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var port) && port > 0 && port <= highest
            ? port
            : throw new CannotStartException($"Host:{name} is '{text}'. It takes a port from 1 to {highest}.");

    private static Uri Url(string text) =>
        Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new Uri(text.TrimEnd('/'))
            : throw new CannotStartException($"Host:PublicUrl is '{text}'. It takes the address that people reach the suite by, such as https://mail.example.com.");
}
