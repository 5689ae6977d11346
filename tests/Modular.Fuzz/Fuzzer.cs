using System.Diagnostics;

namespace Modular.Fuzz;

/// <summary>An input that broke a parser, or kept it too long.</summary>
internal sealed record Crash(string Target, int Seed, byte[] Input, string What);

/// <summary>Runs one target on inputs number one, two, three of a seed.</summary>
internal sealed class Fuzzer(FuzzTarget target, int seed)
{
    /// <summary>A busy machine makes one reading slow, a bad parser each.</summary>
    private const int SlowAttempts = 3;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<byte[]> seeds = target.Seeds();
    private int count;

    public string Target => target.Name;

    public int Count => count;

    /// <summary>Reads so many further inputs.</summary>
    /// <param name="isTimed">True takes an input that needs more than two seconds, three times running, for a crash.</param>
    /// <returns>The first crash; null when there was none.</returns>
    public Crash? Run(int inputs, bool isTimed)
    {
        for (var end = count + inputs; count < end; count++)
        {
            var input = new Mutation(seed + count).Of(seeds);
            for (var attempt = 1; ; attempt++)
            {
                var clock = Stopwatch.StartNew();
                try
                {
                    target.Read(input);
                }
                catch (Exception fault)
                {
                    return new Crash(target.Name, seed + count, input, fault.ToString());
                }

                if (!isTimed || clock.Elapsed < Longest)
                    break;
                if (attempt is SlowAttempts)
                    return new Crash(target.Name, seed + count, input, $"took {clock.Elapsed.TotalSeconds:N1} s, and as long before");
            }
        }

        return null;
    }
}
