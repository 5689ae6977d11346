using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Modular.Host.Migrating;

/// <summary>One file of plain SQL, embedded in its module's assembly. Forward only; never edited once shipped, which the checksum holds.</summary>
/// <param name="Name">As in <c>0001_contact.sql</c>: applied in this order within a module.</param>
/// <param name="Checksum">SHA-256 of the text, hex.</param>
internal sealed record Migration(string Module, string Name, string Sql, string Checksum)
{
    public static Migration Of(string module, string name, string text)
    {
        var sql = text.ReplaceLineEndings("\n");   // a checkout with other line ends is the same migration
        return new(module, name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }

    /// <param name="kind"><c>System</c> or <c>Tenant</c>: the folder below <c>Migrations</c>.</param>
    public static IEnumerable<Migration> Embedded(Assembly assembly, string module, string kind)
    {
        var folder = $"Migrations/{kind}/";
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;   // named by the assembly itself
            using var reader = new StreamReader(stream);
            yield return Of(module, resource[folder.Length..], reader.ReadToEnd());
        }
    }
}

/// <summary>Every migration of this build: the host's first, then the modules'. No module's tables refer to another's, so their order is free.</summary>
internal sealed record MigrationSet(IReadOnlyList<Migration> System, IReadOnlyList<Migration> Tenant)
{
    /// <summary>Names this set: a database or a tenant that carries it has nothing to catch up with.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(
        string.Join('\n', [.. System.Select(Line), "", .. Tenant.Select(Line)]))));

    public IEnumerable<string> Modules => System.Select(m => m.Module).Distinct();

    public static MigrationSet Of(IReadOnlyList<Loading.LoadedModule> modules)
    {
        var sources = modules.Select(m => (m.Name, m.Assembly)).Prepend(("host", typeof(MigrationSet).Assembly)).ToList();
        return new(
            [.. sources.SelectMany(s => Migration.Embedded(s.Item2, s.Item1, "System"))],
            [.. sources.SelectMany(s => Migration.Embedded(s.Item2, s.Item1, "Tenant"))]);
    }

    private static string Line(Migration m) => $"{m.Module}/{m.Name} {m.Checksum}";
}
