using System.Runtime.InteropServices;

namespace Modular.Host.Postgres;

/// <summary>The account that PostgreSQL runs as. It refuses root, so a host that is root hands it to <c>postgres</c>, or to <c>nobody</c>.</summary>
/// <param name="Name">Null: the host's own account.</param>
internal sealed partial record ServerAccount(string? Name)
{
    public static ServerAccount OfThisMachine() =>
        new(!Environment.IsPrivilegedProcess ? null : getpwnam("postgres") != 0 ? "postgres" : "nobody");

    /// <summary>Makes sure that the account can reach the folder: one closed parent is enough for PostgreSQL to fail with a message that names nothing.</summary>
    public void RequireReachable(string folder)
    {
        if (Name is null)
            return;
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if ((File.GetUnixFileMode(parent) & UnixFileMode.OtherExecute) == 0)
                throw new CannotStartException(
                    $"{parent} cannot be entered by the account {Name}, as which PostgreSQL runs because it refuses root. " +
                    "Choose a data folder outside it (MODULAR_DATA=/var/lib/modular), or let others enter that folder (chmod o+x).");
        }
    }

    /// <summary>Makes a folder that only the account may enter.</summary>
    public async Task CreateFolderAsync(string folder, CancellationToken ct)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(folder, OwnerOnly);
        await OwnAsync(folder, ct);
    }

    public async Task OwnAsync(string path, CancellationToken ct)
    {
        if (Name is null)
            return;
        var answer = await ServerCommand.RunAsync("chown", [Name + ":", path], account: null, home: "/", ct);
        if (answer.ExitCode != 0)
            throw new CannotStartException($"{path} could not be given to the account {Name}: {answer.Errors}");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint getpwnam(string name);
}
