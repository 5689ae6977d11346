using System.Security.Cryptography;

namespace Modular.Host.Postgres;

/// <summary>Makes the cluster once. Until everything is there it has another name, so a cut-off attempt is thrown away and repeated.</summary>
internal static class ClusterCreation
{
    public const string SuperUser = "modular_super";

    public static async Task CreateAsync(ClusterFiles files, PostgresBinaries binaries, ServerAccount account, CancellationToken ct)
    {
        var draft = files.Data + ".new";
        if (Directory.Exists(draft))
            Directory.Delete(draft, recursive: true);
        await account.CreateFolderAsync(draft, ct);

        var password = RandomNumberGenerator.GetHexString(48, lowercase: true);
        WriteSecret(files.Secret, password);
        var passwordFile = files.Secret + ".initdb";   // initdb reads it as the server's account; ours stays ours
        WriteSecret(passwordFile, password);
        try
        {
            await account.OwnAsync(passwordFile, ct);
            var answer = await ServerCommand.RunAsync(binaries.Tool("initdb"),
                ["-D", draft, "-U", SuperUser, "--pwfile", passwordFile, "-A", "scram-sha-256", "--data-checksums", "-E", "UTF8", "--locale=C.UTF-8"],
                account.Name, files.Root, ct);
            if (answer.ExitCode != 0)
                throw new CannotStartException($"PostgreSQL's initdb could not make a cluster in {files.Root}: {answer.Errors}");
        }
        finally
        {
            File.Delete(passwordFile);
        }

        await File.AppendAllTextAsync(Path.Combine(draft, "postgresql.conf"), "\ninclude_if_exists = 'modular.conf'   # rewritten at every start\n", ct);
        Directory.Move(draft, files.Data);
    }

    private static void WriteSecret(string path, string text)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
