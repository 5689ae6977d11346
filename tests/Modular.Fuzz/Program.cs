using System.Diagnostics;
using System.Globalization;
using Modular.Fuzz;
using Modular.Mail.Mime;
using Modular.Mail.Reports;

// Throws spoilt mail at the parsers for a while: Modular.Fuzz [SECONDS] [SEED]. Ends with 1 and the input's file when one breaks or dawdles.
var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var slowest = TimeSpan.FromSeconds(2);

var seeds = Seeds.Load();
Console.WriteLine($"{seeds.Count} seeds, {seconds} s, from seed {seed}");
var clock = Stopwatch.StartNew();
var count = 0;
for (; clock.Elapsed < TimeSpan.FromSeconds(seconds); count++)
{
    var input = new Mutation(seed + count).Of(seeds);
    var begun = clock.Elapsed;
    try
    {
        var message = MimeMessage.Parse(input);
        MimeInspection.ToJson("fuzz", message);
        BounceExplanation.ToJson("fuzz", BounceClassifier.Classify(message));
    }
    catch (Exception fault)
    {
        return Report(input, fault.ToString());
    }
    if (clock.Elapsed - begun > slowest) return Report(input, $"took {(clock.Elapsed - begun).TotalSeconds:N1} s");
}
Console.WriteLine($"{count} inputs, none broke a parser");
return 0;

int Report(byte[] input, string what)
{
    var file = Path.Combine(Path.GetTempPath(), $"fuzz-{seed + count}.eml");
    File.WriteAllBytes(file, input);
    Console.WriteLine($"seed {seed + count}: {what}\nThe input is in {file}");
    return 1;
}
