namespace Modular.Browser.Tests;

internal static class Repository
{
    /// <summary>The folder of Modular.sln, above the folder the tests run from.</summary>
    public static readonly string Root = Above(AppContext.BaseDirectory);

    private static string Above(string folder)
    {
        while (!File.Exists(Path.Combine(folder, "Modular.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No Modular.sln above the tests: run them from a checkout.");
        return folder;
    }
}
