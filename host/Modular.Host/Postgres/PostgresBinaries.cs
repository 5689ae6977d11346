using System.Globalization;

namespace Modular.Host.Postgres;

/// <summary>A folder that holds <c>postgres</c>, <c>initdb</c> and <c>pg_ctl</c> of one major version. Found on the machine, never downloaded here.</summary>
internal sealed record PostgresBinaries(string Folder, int Version)
{
    public const int OldestVersion = 15;

    public string Tool(string name) => Path.Combine(Folder, name);

    /// <summary>Finds the newest server, or for an existing cluster the one of its own version: PostgreSQL reads no other version's files.</summary>
    /// <param name="configured">The operator's choice (setting <c>Database:Binaries</c>); looked at first.</param>
    /// <param name="clusterVersion">The version that wrote the cluster; null when there is none yet.</param>
    public static async Task<PostgresBinaries> FindAsync(string? configured, int? clusterVersion, CancellationToken ct)
    {
        var found = new List<PostgresBinaries>();
        foreach (var folder in Candidates(configured).Distinct().Where(IsServer))
        {
            if (await VersionAsync(folder, ct) is { } version)
                found.Add(new(folder, version));
        }

        if (found.Count == 0)
            throw new CannotStartException(
                "No PostgreSQL server found on this machine. Install one (apt-get install postgresql), or name a server in Database:ConnectionString.");
        if (clusterVersion is { } wanted)
            return found.Find(b => b.Version == wanted) ?? throw new CannotStartException(
                $"The cluster in the data folder was written by PostgreSQL {wanted}, and this machine has {string.Join(", ", found.Select(b => b.Version))}. " +
                $"Install PostgreSQL {wanted} again, or bring the cluster over with pg_upgrade.");
        return found.Where(b => b.Version >= OldestVersion).MaxBy(b => b.Version) ?? throw new CannotStartException(
            $"PostgreSQL {found[0].Version} in {found[0].Folder} is too old: {OldestVersion} or newer is needed.");
    }

    private static IEnumerable<string> Candidates(string? configured)
    {
        if (!string.IsNullOrEmpty(configured))
            yield return configured;
        yield return Path.Combine(AppContext.BaseDirectory, "postgresql", "bin");
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
        foreach (var folder in Versioned("/usr/lib/postgresql", "*").Concat(Versioned("/usr", "pgsql-*")))   // Debian's and Red Hat's, neither on PATH
            yield return Path.Combine(folder, "bin");
        yield return Path.Combine(Settings.DataFolder.Fallback + "-postgresql", "native", "bin");            // where host/start unpacks one
    }

    private static IEnumerable<string> Versioned(string parent, string pattern) =>
        Directory.Exists(parent) ? Directory.EnumerateDirectories(parent, pattern) : [];

    private static bool IsServer(string folder) =>
        File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl"));

    private static async Task<int?> VersionAsync(string folder, CancellationToken ct)
    {
        var answer = await ServerCommand.RunAsync(Path.Combine(folder, "postgres"), ["-V"], account: null, home: "/", ct);   // postgres (PostgreSQL) 15.18
        var word = answer.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(2)?.Split('.')[0];
        return answer.ExitCode == 0 && int.TryParse(word, CultureInfo.InvariantCulture, out var version) ? version : null;
    }
}
