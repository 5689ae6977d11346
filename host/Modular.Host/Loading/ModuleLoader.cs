using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;

namespace Modular.Host.Loading;

/// <summary>A module, and the assembly that its pages and migrations are in.</summary>
internal sealed record LoadedModule(IModule Module, Assembly Assembly)
{
    public string Name => Module.Name;
}

/// <summary>Finds the modules: every <c>Modular.*.dll</c> beside the host that is marked with <see cref="ModuleAttribute"/>.</summary>
internal static class ModuleLoader
{
    public static IReadOnlyList<LoadedModule> Find(string folder)
    {
        var found = Directory.EnumerateFiles(folder, "Modular.*.dll").Where(IsModule).Order(StringComparer.Ordinal).Select(Load).ToList();
        if (found.CountBy(m => m.Name).FirstOrDefault(n => n.Value > 1).Key is { } twice)
            throw new CannotStartException($"Two modules in {folder} are called {twice}. Remove one of them.");
        return found;
    }

    private static LoadedModule Load(string path)
    {
        var assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        var type = assembly.GetCustomAttribute<ModuleAttribute>()!.Type;   // IsModule has seen it
        return Activator.CreateInstance(type) is IModule module
            ? new(module, assembly)
            : throw new CannotStartException($"{path} names {type} as its module, which is no IModule.");
    }

    /// <summary>Reads the mark without loading the file: what is beside the host may be no module, and then stays unloaded.</summary>
    private static bool IsModule(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        if (!file.HasMetadata)
            return false;
        var reader = file.GetMetadataReader();
        return reader.IsAssembly && reader.GetAssemblyDefinition().GetCustomAttributes().Any(a => NameOf(reader, reader.GetCustomAttribute(a)) == nameof(ModuleAttribute));
    }

    private static string? NameOf(MetadataReader reader, CustomAttribute attribute) =>
        attribute.Constructor.Kind is HandleKind.MemberReference
        && reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
            ? reader.GetString(reader.GetTypeReference((TypeReferenceHandle)parent).Name)
            : null;
}
