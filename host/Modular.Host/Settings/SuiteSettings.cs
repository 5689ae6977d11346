
namespace Modular.Host.Settings;

/// <summary>
/// Where settings come from, the later winning: <c>appsettings.json</c> beside the host, <c>modular.json</c> in the data folder, the environment
/// (<c>MODULAR__Section__Key</c>), flags. A key that ends in <c>_FILE</c> names a file that holds the value, for secrets.
/// </summary>
internal static class SuiteSettings
{
    private const string Prefix = "MODULAR__";
    private const string FromFile = "_FILE";

    public static IConfigurationRoot Read(string dataFolder, IReadOnlyDictionary<string, string?> flags)
    {
        var builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(dataFolder, "modular.json"), optional: true)
            .AddEnvironmentVariables(Prefix);
        try
        {
            return builder.AddInMemoryCollection(Secrets(builder.Build())).AddInMemoryCollection(flags).Build();
        }
        catch (InvalidDataException e)
        {
            throw new CannotStartException($"{e.Message} {e.InnerException?.Message}", e);
        }
    }

    private static Dictionary<string, string?> Secrets(IConfiguration settings)
    {
        var secrets = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, path) in settings.AsEnumerable())
        {
            if (!key.EndsWith(FromFile, StringComparison.Ordinal) || string.IsNullOrEmpty(path))
                continue;
            try
            {
                secrets[key[..^FromFile.Length]] = File.ReadAllText(path).TrimEnd('\r', '\n');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CannotStartException($"The setting {key} names {path}, which cannot be read: {e.Message}", e);
            }
        }

        return secrets;
    }
}
