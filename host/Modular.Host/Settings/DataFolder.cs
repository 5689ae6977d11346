namespace Modular.Host.Settings;

/// <summary>The one folder that an installation keeps: database, keys, files. <c>MODULAR_DATA</c> names it.</summary>
internal static class DataFolder
{
    public const string Variable = "MODULAR_DATA";

    /// <summary>Where it is unless told otherwise: <c>/var/lib/modular</c> for root, in the user's own data folder for everyone else.</summary>
    public static string Fallback => Environment.IsPrivilegedProcess
        ? "/var/lib/modular"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "modular");

    public static string Chosen() =>
        Path.GetFullPath(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : Fallback);

    /// <summary>Makes the folder. Others may pass through but not look: PostgreSQL's own account must reach its folder below.</summary>
    public static void Create(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new CannotStartException($"The data folder {folder} cannot be made: {e.Message} Choose another with {Variable}.", e);
        }
    }
}
