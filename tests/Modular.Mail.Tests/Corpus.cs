using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Modular.Mail.Tests;

/// <summary>Mail that nobody here wrote: <c>../shared/corpora</c> beside the checkout, or below MODULAR_SHARED. Tests skip where it is absent.</summary>
internal static class Corpus
{
    public static string Folder(string category)
    {
        var shared = Environment.GetEnvironmentVariable("MODULAR_SHARED") ?? Path.Combine(Here(), "..", "..", "..", "shared");
        var folder = Path.GetFullPath(Path.Combine(shared, "corpora", category));
        Assert.SkipUnless(Directory.Exists(folder), $"There is no {folder}.");
        return folder;
    }

    /// <summary>The labels of a category, each with its file's octets.</summary>
    public static IEnumerable<(JsonElement Label, byte[] Octets)> Read(string category)
    {
        var folder = Folder(category);
        foreach (var line in File.ReadLines(Path.Combine(folder, "labels.jsonl")))
        {
            var label = JsonDocument.Parse(line).RootElement;
            yield return (label, File.ReadAllBytes(Path.Combine(folder, label.GetProperty("file").GetString()!)));
        }
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
