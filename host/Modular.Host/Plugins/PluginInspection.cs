using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Modular.Plugins.Hosting;

namespace Modular.Host.Plugins;

/// <summary>Reads what a plugin's assemblies refer to, before any of them is loaded: the load context alone would hand it all of the host.</summary>
internal static class PluginInspection
{
    public const string Sdk = "Modular.Plugins.Sdk";

    /// <exception cref="PluginRefused">An assembly in the folder refers to a part of the suite other than the SDK.</exception>
    public static void RequireOnlySdk(string folder, string entry)
    {
        if (!File.Exists(Path.Combine(folder, entry)))
            throw new PluginRefused(PluginState.Failed, $"The entry {entry} is not in {folder}.");
        foreach (var file in Directory.EnumerateFiles(folder, "*.dll", SearchOption.AllDirectories))
        {
            var reached = References(file).Where(IsOurs).Order(StringComparer.Ordinal).ToList();
            if (reached.Count > 0)
                throw new PluginRefused(PluginState.Incompatible, $"{Path.GetFileName(file)} reaches for {string.Join(", ", reached)}: a plugin may use {Sdk} and packages of its own, nothing else of the suite.");
        }
    }

    public static bool IsOurs(string assembly) => assembly is not Sdk && (assembly is "modular" || assembly.StartsWith("Modular.", StringComparison.Ordinal));

    private static List<string> References(string file)
    {
        try
        {
            using var image = new PEReader(File.OpenRead(file));
            if (!image.HasMetadata)
                return [];   // a native library
            var reader = image.GetMetadataReader();
            return [.. reader.AssemblyReferences.Select(r => reader.GetString(reader.GetAssemblyReference(r).Name))];
        }
        catch (BadImageFormatException)
        {
            return [];   // a native library in another format; the entry itself fails when it is loaded
        }
    }
}
