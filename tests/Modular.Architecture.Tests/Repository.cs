using System.Xml.Linq;

namespace Modular.Architecture.Tests;

/// <summary>The checkout that these tests stand in, read as files.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every project of the tree, as its file says.</summary>
    public static IReadOnlyList<Project> Projects { get; } =
        [.. Files("*.csproj").Select(file => Project.Parse(Path.GetFileNameWithoutExtension(file), Relative(file), XDocument.Load(file)))];

    /// <summary>The tree's files by pattern, without what a build made.</summary>
    public static IEnumerable<string> Files(string pattern) =>
        new[] { "host", "modules", "plugins", "tests" }
            .SelectMany(top => Directory.EnumerateFiles(Path.Combine(Root, top), pattern, SearchOption.AllDirectories))
            .Where(file => !Relative(file).Split('/').Any(part => part is "bin" or "obj" or "artifacts" or "node_modules" or "lib"));

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Modular.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException("These tests read the checkout they were built from; Modular.sln is nowhere above them.");
    }
}
