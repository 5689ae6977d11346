using System.Diagnostics;
using System.Globalization;
using Modular.Fuzz;

// Throws spoilt input at every parser in turn: Modular.Fuzz [SECONDS] [SEED] [TARGET…]. Ends with 1 and the input's file when one breaks or dawdles.
const int Round = 50;
var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var named = args[Math.Min(2, args.Length)..];
if (named.Except(FuzzTarget.All.Select(target => target.Name)).FirstOrDefault() is { } unknown)
{
    Console.WriteLine($"There is no {unknown}; there are {string.Join(", ", FuzzTarget.All.Select(target => target.Name))}.");
    return 2;
}

var fuzzers = FuzzTarget.All.Where(target => named.Length is 0 || named.Contains(target.Name)).Select(target => new Fuzzer(target, seed)).ToList();
Console.WriteLine($"{fuzzers.Count} targets, {seconds} s, from seed {seed}");
for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(seconds);)
{
    foreach (var fuzzer in fuzzers)
    {
        if (fuzzer.Run(Round, isTimed: true) is not { } crash)
            continue;
        var file = Path.Combine(Path.GetTempPath(), $"fuzz-{crash.Target}-{crash.Seed}");
        File.WriteAllBytes(file, crash.Input);
        Console.WriteLine($"{crash.Target}, seed {crash.Seed}: {crash.What}\nThe input is in {file}");
        return 1;
    }
}

foreach (var fuzzer in fuzzers)
    Console.WriteLine($"{fuzzer.Target}: {fuzzer.Count} inputs, none broke it");
return 0;
