using System.Xml.Linq;

namespace Modular.Architecture.Tests;

/// <param name="References">Names of the projects it references; a wildcard stays as it is written, without folders.</param>
/// <param name="Packages">Names of the packages it references.</param>
internal sealed record Project(string Name, string Path, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public static Project Parse(string name, string path, XDocument file) => new(
        name,
        path,
        [.. Includes(file, "ProjectReference").Select(include => System.IO.Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))],
        [.. Includes(file, "PackageReference")]);

    private static IEnumerable<string> Includes(XDocument file, string element) =>
        file.Descendants(element).Select(e => (string?)e.Attribute("Include")).OfType<string>();
}
