using Modular.Kernel.Web;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Credentials;

/// <summary>Who makes or turns a credential. Nobody gives more than they hold: what they may do, and, when they are a key themselves, from where and for how long.</summary>
/// <param name="Networks">From where the maker is let in by its own rule; empty: from anywhere.</param>
/// <param name="EndsAt">Null: never.</param>
internal sealed record Maker(string Actor, IReadOnlySet<string> Permissions, NetworkList Networks, DateTimeOffset? EndsAt)
{
    /// <summary>Whoever may use the command line has the machine already.</summary>
    public static Maker CommandLine { get; } = new(Prompted.Actor, Kernel.Access.Permissions.All, NetworkList.None, null);

    public static Maker Person(Caller caller) => new(caller.Actor, caller.Permissions, NetworkList.None, null);

    public Fault? FaultOf(NetworkList networks, DateTimeOffset? expiresAt) =>
        !Networks.Covers(networks) ? new WiderThanYours(Networks)
        : EndsAt is { } end && !(expiresAt <= end) ? new LongerThanYours(end)
        : null;
}
