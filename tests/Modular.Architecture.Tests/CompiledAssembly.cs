using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Modular.Architecture.Tests;

/// <summary>What a compiled assembly really holds and really uses, read from its metadata without loading it.</summary>
/// <param name="Assemblies">Names of the assemblies it references.</param>
/// <param name="UsedTypes">Full names of the foreign types it uses, each behind its assembly's name and a slash.</param>
/// <param name="PublicTypes">Full names of the types that others could use.</param>
/// <param name="ModuleClass">Full name of the class that the module attribute names; null when this is no module.</param>
internal sealed record CompiledAssembly(string Name, IReadOnlyList<string> Assemblies, IReadOnlyList<string> UsedTypes, IReadOnlyList<string> PublicTypes, string? ModuleClass)
{
    public static CompiledAssembly Of(Assembly assembly) => Read(assembly.Location);

    public static CompiledAssembly Read(string file)
    {
        using var portable = new PEReader(File.OpenRead(file));
        var metadata = portable.GetMetadataReader();
        return new CompiledAssembly(
            Path.GetFileNameWithoutExtension(file),
            [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))],
            [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Where(type => type.ResolutionScope.Kind is HandleKind.AssemblyReference).Select(type => Used(metadata, type))],
            [.. metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Where(IsPublic).Select(type => FullName(metadata, type.Namespace, type.Name))],
            ModuleClassOf(metadata));
    }

    private static bool IsPublic(TypeDefinition type) => (type.Attributes & TypeAttributes.VisibilityMask) is TypeAttributes.Public;

    private static string Used(MetadataReader metadata, TypeReference type) =>
        metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) + "/" + FullName(metadata, type.Namespace, type.Name);

    private static string FullName(MetadataReader metadata, StringHandle space, StringHandle name) => metadata.GetString(space) + "." + metadata.GetString(name);

    private static string? ModuleClassOf(MetadataReader metadata)
    {
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind is not HandleKind.MemberReference) continue;
            var owner = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
            if (owner.Kind is not HandleKind.TypeReference || metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)owner).Name) != "ModuleAttribute") continue;
            var value = metadata.GetBlobReader(attribute.Value);
            value.ReadUInt16();   // the prolog, ECMA-335 II.23.3
            return value.ReadSerializedString()?.Split(',')[0];
        }
        return null;
    }
}
