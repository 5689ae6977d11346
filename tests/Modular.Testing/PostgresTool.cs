using System.Diagnostics;
using Npgsql;
using Xunit;

namespace Modular.Testing;

/// <summary>PostgreSQL's own <c>pg_dump</c> and <c>psql</c>, as an operator runs them for backups. A test that needs them is skipped where they are not installed.</summary>
public static class PostgresTool
{
    /// <returns>The whole database, as SQL.</returns>
    public static Task<string> DumpAsync(string database, CancellationToken ct) => RunAsync("pg_dump", database, ["--no-owner", "--no-privileges"], "", ct);

    public static Task RestoreAsync(string database, string dump, CancellationToken ct) => RunAsync("psql", database, ["--quiet", "--set", "ON_ERROR_STOP=1"], dump, ct);

    private static async Task<string> RunAsync(string name, string database, string[] words, string input, CancellationToken ct)
    {
        var tool = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateFiles("/usr/lib/postgresql", name, SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault() : null;
        Assert.SkipWhen(tool is null, $"{name} is not below /usr/lib/postgresql");
        var to = new NpgsqlConnectionStringBuilder(database);
        var start = new ProcessStartInfo(tool!, [.. words, "--host", to.Host!, "--port", to.Port.ToString(null, null), "--username", to.Username!, to.Database!])   // skipped without the tool; the fixture names the rest
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGPASSWORD"] = to.Password;
        using var process = Process.Start(start)!;   // an executable, not a document
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.StandardInput.WriteAsync(input.AsMemory(), ct);
        process.StandardInput.Close();
        await process.WaitForExitAsync(ct);
        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }
}
