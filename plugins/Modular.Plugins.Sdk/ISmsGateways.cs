namespace Modular.Plugins.Hosting;

/// <summary>The SMS gateways that plugins brought. Served by the host, asked by the suite; plugins have no use for it.</summary>
public interface ISmsGateways
{
    /// <inheritdoc cref="IImportSources.Plugins"/>
    IReadOnlyList<PluginStatus> Plugins { get; }

    /// <summary>The gateway of this name; null when no active plugin has one. Hold it while sending and no longer.</summary>
    ISmsLease? Open(string name);
}

/// <summary>A gateway in use.</summary>
public interface ISmsLease : IDisposable
{
    ISmsGateway Gateway { get; }

    /// <summary>The guarded client for <see cref="SmsContext.Http"/>; it ends with the lease.</summary>
    HttpClient Http { get; }
}
