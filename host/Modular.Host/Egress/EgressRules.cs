using System.Globalization;

namespace Modular.Host.Egress;

/// <summary>How far a customer's URL may lead (<c>Egress:…</c>).</summary>
/// <param name="AllowPrivate">Also to this machine and its network: for tests, and for an operator whose sources are inside.</param>
/// <param name="Ports">80 and 443 unless more are named; empty means any.</param>
/// <param name="MaxBytes">Of one answer.</param>
/// <param name="MaxSilence">Between two pieces of an answer.</param>
internal sealed record EgressRules(bool AllowPrivate, IReadOnlySet<int> Ports, long MaxBytes, TimeSpan MaxSilence)
{
    public static EgressRules Read(IConfigurationSection settings) => new(
        settings.GetValue("AllowPrivateAddresses", false),
        ReadPorts(settings["Ports"] ?? "80,443"),
        settings.GetValue("MaxBytes", 2L << 30),
        TimeSpan.FromSeconds(settings.GetValue("MaxSilenceSeconds", 60)));

    private static HashSet<int> ReadPorts(string text) => text == "*"
        ? []
        : [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(p => int.TryParse(p, CultureInfo.InvariantCulture, out var port)
            ? port
            : throw new CannotStartException($"Egress:Ports is '{text}'. It takes ports with commas between them, or * for any."))];
}
