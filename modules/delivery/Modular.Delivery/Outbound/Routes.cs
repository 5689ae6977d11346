using System.Net;
using Modular.Mail.Smtp.Client;

namespace Modular.Delivery.Outbound;

/// <summary>Where a recipient's domain is delivered: the destination that limits and back-off are kept for.</summary>
internal abstract class Route
{
    /// <summary>To a server on this machine. Each connection waits for a commit before each dot, so that many keep the processors busy; below Postfix's limit of 50 for one client.</summary>
    protected const int NearConnections = 48;

    /// <summary>For people and as the key: <c>capture</c>, a smart host, the name of a provider's mail servers.</summary>
    public abstract string Name { get; }

    /// <summary>Host names, the first one tried first; empty where the name says it.</summary>
    public virtual IReadOnlyList<string> Servers => [];

    public abstract int MaxConnections { get; }

    public abstract int MaxMessagesPerConnection { get; }

    /// <summary>A server of our own (capture, smart host): when it cannot be reached, that is our trouble and no attempt of a message.</summary>
    public virtual bool IsOurs => false;

    /// <param name="transcript">Takes down what is said, from the greeting on; null for no session under inspection.</param>
    /// <exception cref="SmtpException">No server took the connection.</exception>
    public abstract Task<OpenConnection> ConnectAsync(SmtpTranscript? transcript, CancellationToken ct);
}

/// <param name="Server">Host and address, for the ledger.</param>
/// <param name="Privacy">How it is encrypted, to stand behind the far side's words; empty within this machine's own server.</param>
internal sealed record OpenConnection(SmtpConnection Smtp, string Server, string Privacy)
{
    public static OpenConnection Of(SmtpConnection smtp, string host, IPEndPoint address) => new(
        smtp, $"{host} [{address}]", smtp.Tls is { } tls ? $" [{tls}]" : smtp.TlsFailure is { } failure ? $" [in clear: {FarWords.Clean(failure.Message)}]" : " [in clear]");
}

/// <summary>Finds the route of a domain.</summary>
internal interface IRoutes
{
    ValueTask<RouteAnswer> FindAsync(string domain, CancellationToken ct);
}

/// <summary>A route, or why there is none.</summary>
internal abstract record RouteAnswer
{
    private RouteAnswer()
    {
    }

    public sealed record Found(Route Route) : RouteAnswer;

    /// <summary>The domain takes no mail, for good.</summary>
    /// <param name="IsHard">The domain does not exist, or says that it takes none (RFC 7505).</param>
    public sealed record Never(string Status, string Words, bool IsHard) : RouteAnswer;

    /// <summary>Its name cannot be looked up at the moment, or none of its servers can be trusted at the moment.</summary>
    public sealed record NotNow(string Words) : RouteAnswer;

    /// <summary>The question takes longer than others should wait: ask again soon. That is no attempt.</summary>
    public sealed record NotYet : RouteAnswer;
}
