namespace Modular.Fuzz;

/// <summary>One parser under noise.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Seeds">What the noise starts from; made when the target is first run.</param>
/// <param name="Read">Reads one input whole, as a caller would; throws when something is wrong with the reader or with what it read.</param>
internal sealed record FuzzTarget(string Name, Func<IReadOnlyList<byte[]>> Seeds, Action<byte[]> Read)
{
    /// <summary>All parsers that strangers feed. A new one is one file in Targets and one line here.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. Targets.MimeTargets.All,
        .. Targets.ReportTargets.All,
        .. Targets.AuthenticationTargets.All,
        .. Targets.SmtpClientTargets.All,
        .. Targets.SmtpServerTargets.All,
    ];
}
