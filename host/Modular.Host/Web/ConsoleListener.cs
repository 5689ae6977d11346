using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Modular.Host.Settings;

namespace Modular.Host.Web;

/// <summary>The console's listener and Kestrel's bounds. Modules add their own listeners by configuring the same options.</summary>
internal sealed class ConsoleListener(HostSettings settings) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = 10_000;
        options.Limits.MaxRequestBodySize = 16 << 20;   // uploads lift it for themselves
        if (settings.Facts.Is(HostRoles.Web))
            options.Listen(settings.Address, settings.Facts.Ports.Console);
    }
}
