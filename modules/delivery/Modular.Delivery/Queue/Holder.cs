using System.Globalization;

namespace Modular.Delivery.Queue;

/// <summary>
/// Which process holds a lease: machine, boot, process namespace, process, its start. A process that starts after a crash sees at once that its
/// predecessor's leases are free, and does not wait for their age.
/// </summary>
/// <param name="Instance">Tells two senders in one process apart, as tests have them.</param>
internal sealed record Holder(string Machine, string Boot, string Namespace, int ProcessId, long StartTicks, string Instance)
{
    public static Holder OfThisProcess() => new(
        ReadLine("/etc/machine-id"), ReadLine("/proc/sys/kernel/random/boot_id"), LinkOf("/proc/self/ns/pid"), Environment.ProcessId,
        StartOf(Environment.ProcessId) ?? 0, Guid.NewGuid().ToString("N"));

    /// <summary>Whether this process knows that the other one is gone; false whenever it cannot know.</summary>
    public bool KnowsDead(Holder other)
    {
        if (other.Machine != Machine || Machine.Length is 0) return false;
        if (other.Boot != Boot) return true;
        return other.Namespace == Namespace && StartOf(other.ProcessId) != other.StartTicks;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Machine}/{Boot}/{Namespace}/{ProcessId}/{StartTicks}/{Instance}");

    public static Holder? Read(string text) =>
        text.Split('/') is [var machine, var boot, var space, var process, var start, var instance]
        && int.TryParse(process, CultureInfo.InvariantCulture, out var processId) && long.TryParse(start, CultureInfo.InvariantCulture, out var ticks)
            ? new Holder(machine, boot, space, processId, ticks, instance)
            : null;

    /// <summary>Clock ticks after boot at which a process began: the 22nd field of its stat, counted behind its name, which may hold blanks. Null when it is gone or a zombie.</summary>
    private static long? StartOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string ReadLine(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string LinkOf(string path) => File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name ?? "";
}
