namespace Modular.Architecture.Tests;

/// <summary>Who may reference whom: the table of the tree, as one function from a project to what is wrong with it.</summary>
internal static class WhatProjectsMayKnow
{
    private static readonly string[] Modules = ["Tenancy", "Contacts", "Compliance", "Campaigns", "Delivery"];

    public static IEnumerable<string> Violations(Project project)
    {
        if (AllowedReferences(project) is { } references)
        {
            foreach (var other in project.References.Where(other => !references.Contains(other, StringComparer.Ordinal)))
                yield return $"{project.Name} may not reference {other}";
        }
        if (AllowedPackages(project) is { } packages)
        {
            foreach (var package in project.Packages.Where(package => !packages.Contains(package, StringComparer.Ordinal)))
                yield return $"{project.Name} may not use the package {package}";
        }
    }

    /// <returns>Null where everything is allowed: tests.</returns>
    private static string[]? AllowedReferences(Project project) => project.Name switch
    {
        "Modular.Kernel" or "Modular.Mail" or "Modular.Plugins.Sdk" => [],
        "Modular.Web.Kit" => ["Modular.Kernel"],
        "Modular.Host" => ["Modular.Kernel", "Modular.Web.Kit", "Modular.Plugins.Sdk", "Modular.*"],
        _ when project.Path.StartsWith("tests/", StringComparison.Ordinal) => null,
        _ when project.Path.StartsWith("plugins/", StringComparison.Ordinal) => ["Modular.Plugins.Sdk"],
        _ when project.Name.EndsWith(".Contracts", StringComparison.Ordinal) => ["Modular.Kernel"],
        "Modular.Contacts" or "Modular.Tenancy" => ["Modular.Kernel", "Modular.Web.Kit", "Modular.*.Contracts", "Modular.Plugins.Sdk"],
        "Modular.Delivery" => ["Modular.Kernel", "Modular.Web.Kit", "Modular.*.Contracts", "Modular.Mail"],
        _ when Modules.Any(module => project.Name == "Modular." + module) => ["Modular.Kernel", "Modular.Web.Kit", "Modular.*.Contracts"],
        _ => [],
    };

    /// <returns>Null where the project chooses for itself.</returns>
    private static string[]? AllowedPackages(Project project) => project.Name switch
    {
        "Modular.Kernel" => ["Npgsql", "Dapper"],
        "Modular.Mail" or "Modular.Plugins.Sdk" or "Modular.Web.Kit" => [],
        _ when project.Name.EndsWith(".Contracts", StringComparison.Ordinal) => [],
        _ => null,
    };
}
