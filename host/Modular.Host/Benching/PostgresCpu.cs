using System.Globalization;

namespace Modular.Host.Benching;

/// <summary>The processor time of all PostgreSQL servers on this machine, those that ended included: what a campaign costs the database.</summary>
internal static class PostgresCpu
{
    /// <summary>Ticks of <c>/proc</c> in a second, as on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    public static TimeSpan Read()
    {
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                if (!stat.Contains("(postgres)", StringComparison.Ordinal)) continue;
                // Behind the name: state, parent, … utime 12th, stime 13th, and those of ended children (proc(5)).
                var values = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                ticks += values[11..15].Sum(value => long.Parse(value, CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }
}
