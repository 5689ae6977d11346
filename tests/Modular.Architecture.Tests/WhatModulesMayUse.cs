namespace Modular.Architecture.Tests;

/// <summary>Modules ask forward along the trip and never back up, use no other module's insides, and show nothing of their own but the module class.</summary>
internal static class WhatModulesMayUse
{
    /// <summary>The asks of the trip. Everyone asks tenancy.</summary>
    private static readonly Dictionary<string, string[]> Asks = new(StringComparer.Ordinal)
    {
        ["Modular.Tenancy"] = ["Modular.Tenancy.Contracts"],
        ["Modular.Compliance"] = ["Modular.Compliance.Contracts", "Modular.Tenancy.Contracts"],
        ["Modular.Contacts"] = ["Modular.Contacts.Contracts", "Modular.Compliance.Contracts", "Modular.Tenancy.Contracts"],
        ["Modular.Delivery"] = ["Modular.Delivery.Contracts", "Modular.Compliance.Contracts", "Modular.Tenancy.Contracts"],
        ["Modular.Campaigns"] = ["Modular.Campaigns.Contracts", "Modular.Contacts.Contracts", "Modular.Delivery.Contracts", "Modular.Compliance.Contracts", "Modular.Tenancy.Contracts"],
    };

    /// <summary>Events, and the values inside them, may be heard by everyone behind the teller: hearing is not asking.</summary>
    private static readonly Dictionary<string, string[]> Hears = new(StringComparer.Ordinal)
    {
        ["Modular.Compliance"] = ["Modular.Delivery.RecipientBounced", "Modular.Delivery.RecipientComplained"],
        ["Modular.Contacts"] = ["Modular.Delivery.RecipientBounced", "Modular.Delivery.RecipientComplained"],
    };

    public static IEnumerable<string> Violations(CompiledAssembly module)
    {
        var asks = Asks[module.Name];
        var hears = Hears.GetValueOrDefault(module.Name, []);
        foreach (var used in module.UsedTypes.Where(used => used.StartsWith("modular", StringComparison.OrdinalIgnoreCase)))
        {
            var (assembly, type) = (used[..used.IndexOf('/', StringComparison.Ordinal)], used[(used.IndexOf('/', StringComparison.Ordinal) + 1)..]);
            var isContract = assembly.EndsWith(".Contracts", StringComparison.Ordinal);
            if (isContract && !asks.Contains(assembly, StringComparer.Ordinal) && !hears.Contains(type, StringComparer.Ordinal))
                yield return $"{module.Name} asks up the trip: {type}";
            if (Asks.ContainsKey(assembly) && assembly != module.Name)
                yield return $"{module.Name} uses the inside of another module: {type}";
            if (assembly == "modular")
                yield return $"{module.Name} uses the host: {type}";
        }
        foreach (var type in module.PublicTypes.Where(type => type != module.ModuleClass && !IsGenerated(type)))
            yield return $"{type} is public, but only {module.ModuleClass} may be";
    }

    /// <summary>The host uses no module's type: it finds them by attribute.</summary>
    public static IEnumerable<string> HostViolations(CompiledAssembly host) =>
        host.UsedTypes
            .Where(used => Asks.Keys.Any(module => used.StartsWith(module + "/", StringComparison.Ordinal) || used.StartsWith(module + ".Contracts/", StringComparison.Ordinal))
                || used.StartsWith("Modular.Mail/", StringComparison.Ordinal))
            .Select(used => $"the host uses a module's type: {used}");

    private static bool IsGenerated(string type) =>
        type.StartsWith("AspNetCoreGeneratedDocument.", StringComparison.Ordinal) || type.StartsWith("Microsoft.CodeAnalysis.", StringComparison.Ordinal);
}
