using System.Globalization;
using System.Net;
using Modular.Kernel.Auditing;

namespace Modular.Compliance.Auditing;

/// <inheritdoc cref="IRefusalLog"/>
/// <remarks>Refusals of one network (IPv4 /24, IPv6 /48) for the same thing are one; what goes beyond the bounds is counted for each trail, so that a flood is seen without being stored.</remarks>
internal sealed class RefusalLog : IRefusalLog
{
    /// <summary>Different refusals kept in memory between two flushes, at most.</summary>
    public const int MostKinds = 2_000;

    private const int MostText = 200;

    private readonly Lock _lock = new();
    private Dictionary<Refusal, int> _counts = [];
    private Dictionary<Trail, int> _beyond = [];

    public void Refused(TenantId? tenant, string actor, string action, string subject, string reason, AuditOrigin? from = null)
    {
        var trail = new Trail(tenant);
        var origin = from ?? AuditOrigin.Current;
        var refusal = new Refusal(trail, Cut(actor), action, Cut(subject), Cut(reason), origin.Door, NetworkOf(origin.Address));
        lock (_lock)
        {
            if (_counts.TryGetValue(refusal, out var count)) _counts[refusal] = count + 1;
            else if (_counts.Count < MostKinds) _counts.Add(refusal with { Address = origin.Address }, 1);
            else _beyond[trail] = _beyond.GetValueOrDefault(trail) + 1;
        }
    }

    /// <summary>What was counted since this was last asked, and how many of each trail were beyond the bounds.</summary>
    public (IReadOnlyDictionary<Refusal, int> Counts, IReadOnlyDictionary<Trail, int> Beyond) Take()
    {
        lock (_lock)
        {
            var taken = (_counts, _beyond);
            (_counts, _beyond) = ([], []);
            return taken;
        }
    }

    private static string Cut(string text) => text.Length <= MostText ? text : text[..MostText];

    private static string NetworkOf(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return Convert.ToHexString(bytes.AsSpan(0, bytes.Length == 4 ? 3 : 6));
    }
}

/// <param name="Network">Equal refusals of one network are one; <see cref="Address"/> is that of the first.</param>
internal sealed record Refusal(Trail Trail, string Actor, string Action, string Subject, string Reason, string Door, string Network)
{
    public IPAddress? Address { get; init; }

    public bool Equals(Refusal? other) =>
        other is not null && (Trail, Actor, Action, Subject, Reason, Door, Network) == (other.Trail, other.Actor, other.Action, other.Subject, other.Reason, other.Door, other.Network);

    public override int GetHashCode() => HashCode.Combine(Trail, Actor, Action, Subject, Reason, Door, Network);

    public AuditEntry ToEntry(int times) => new(Actor, Action, Subject, times == 1 ? Reason : string.Create(CultureInfo.InvariantCulture, $"{Reason} ({times} times)"))
    {
        From = new AuditOrigin(Door, Address),
        Outcome = AuditOutcome.Refused,
    };
}
