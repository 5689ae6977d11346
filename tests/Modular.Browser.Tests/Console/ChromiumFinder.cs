namespace Modular.Browser.Tests.Console;

/// <summary>The machine's own browser: no test downloads one.</summary>
internal static class ChromiumFinder
{
    public const string Missing = "No Chromium on this machine: apt-get install chromium, or name one in MODULAR_CHROMIUM.";

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    /// <summary>Null when there is none.</summary>
    public static string? Find() =>
        Environment.GetEnvironmentVariable("MODULAR_CHROMIUM") is { Length: > 0 } named ? named : Places.FirstOrDefault(File.Exists);
}
