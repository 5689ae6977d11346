namespace Modular.Web.Kit;

/// <summary>Where the host serves this library's files. One version of the suite is one version of its files.</summary>
internal static class Assets
{
    private const string Root = "/_content/Modular.Web.Kit";
    private static readonly string Version = typeof(Assets).Assembly.ManifestModule.ModuleVersionId.ToString("N")[..8];

    public static readonly string Icons = $"{Root}/icons.svg?v={Version}";

    /// <summary>The address of a file below wwwroot; it changes with every build, so that browsers may keep it for long.</summary>
    public static string Path(string file) => $"{Root}/{file}?v={Version}";
}
