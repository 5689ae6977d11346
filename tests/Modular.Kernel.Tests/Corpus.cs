using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Modular.Kernel.Tests;

/// <summary>What nobody here wrote: <c>../shared/corpora</c> beside the checkout, or below MODULAR_SHARED. Tests skip where it is absent.</summary>
internal static class Corpus
{
    public static IEnumerable<JsonElement> Lines(string file)
    {
        var shared = Environment.GetEnvironmentVariable("MODULAR_SHARED") ?? Path.Combine(Here(), "..", "..", "..", "shared");
        var path = Path.GetFullPath(Path.Combine(shared, "corpora", file));
        Assert.SkipUnless(File.Exists(path), $"There is no {path}.");
        return File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
