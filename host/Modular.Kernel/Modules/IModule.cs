using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Modular.Kernel.Modules;

/// <summary>
/// One room of the suite. The host finds it by <see cref="ModuleAttribute"/>, applies its migrations, lets it add its services, and maps its
/// endpoints. One word is its folder, system schema, configuration section and log scope: <see cref="Name"/>.
/// </summary>
public interface IModule
{
    /// <summary>Lower-case word, as in <c>contacts</c>.</summary>
    string Name { get; }

    /// <param name="settings">The module's own section of the configuration.</param>
    void AddServices(IServiceCollection services, IConfigurationSection settings);

    void MapEndpoints(ModuleRoutes routes);
}

/// <summary>Where a module's endpoints go. Razor Pages need no mapping: the host finds them in the module's assembly.</summary>
/// <param name="Api">Already under <c>/api/v1</c>, with an API key's caller bound (see <see cref="Access.Caller"/>) and faults turned into problem details.</param>
/// <param name="Root">The site's root, without any sign-in: public pages, drop folders. Each endpoint there guards itself.</param>
public sealed record ModuleRoutes(IEndpointRouteBuilder Api, IEndpointRouteBuilder Root);

/// <summary>Marks an assembly as a module and names its entry class.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ModuleAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;
}
