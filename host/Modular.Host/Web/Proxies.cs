using Microsoft.AspNetCore.HttpOverrides;
using Modular.Kernel.Web;

namespace Modular.Host.Web;

/// <summary>
/// Whose word we take for where a request came from: proxies in the networks of <c>Host:Proxies</c>, and nobody else's, not even this machine's. The chain in
/// <c>X-Forwarded-For</c> is walked from the right, and ends at the first address that is none of them.
/// </summary>
internal sealed record Proxies(NetworkList Networks)
{
    public static Proxies Read(IConfiguration settings)
    {
        var section = settings.GetSection("Host:Proxies");
        var text = string.Join(',', section.GetChildren().Select(c => c.Value).Prepend(section.Value).OfType<string>());
        return NetworkList.TryParse(text, out var networks, out var fault)
            ? new Proxies(networks)
            : throw new CannotStartException("Host:Proxies: " + fault);
    }

    public void UseOn(IApplicationBuilder app)
    {
        if (Networks.IsEmpty)
            return;   // with empty lists the framework would believe everyone
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in Networks.Networks)
            options.KnownIPNetworks.Add(network);
        app.Use((context, next) =>
        {
            // Some proxies send these beside X-Forwarded-For; from one of ours they say nothing new.
            if (context.Connection.RemoteIpAddress is { } peer && Networks.Contains(peer))
            {
                context.Request.Headers.Remove("X-Real-IP");
                context.Request.Headers.Remove("Forwarded");
            }

            return next(context);
        });
        app.UseForwardedHeaders(options);
    }
}
