using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Modular.Host.Plugins;

/// <summary>
/// A plugin's own load context. Its packages come from its folder, in its versions; the SDK is the host's, so that types match; the framework is everybody's;
/// nothing else is found. It isolates versions, not trust: the operator chose the code.
/// </summary>
internal sealed class PluginContext(string entry) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(entry), isCollectible: true)
{
    private static readonly string Framework = RuntimeEnvironment.GetRuntimeDirectory();
    private readonly AssemblyDependencyResolver _dependencies = new(entry);

    public Assembly LoadEntry() => FromBytes(entry);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var name = assemblyName.Name!;   // a reference always has one
        if (name == PluginInspection.Sdk)
            return null;   // null: as the host has it
        if (!PluginInspection.IsOurs(name) && _dependencies.ResolveAssemblyToPath(assemblyName) is { } path)
            return FromBytes(path);
        return File.Exists(Path.Combine(Framework, name + ".dll"))
            ? null
            : throw new FileNotFoundException($"{name} is not in the plugin's folder, and a plugin gets nothing of the host but the SDK.");
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _dependencies.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    /// <summary>The file is read, not mapped: overwriting a mapped one can kill the host.</summary>
    private Assembly FromBytes(string path)
    {
        using var image = new MemoryStream(File.ReadAllBytes(path));
        var symbols = Path.ChangeExtension(path, ".pdb");
        using var debug = File.Exists(symbols) ? new MemoryStream(File.ReadAllBytes(symbols)) : null;
        return LoadFromStream(image, debug);
    }
}
