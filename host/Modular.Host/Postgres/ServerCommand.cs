using System.Diagnostics;

namespace Modular.Host.Postgres;

/// <summary>Runs one of PostgreSQL's programs to its end, if need be under another account.</summary>
internal static class ServerCommand
{
    public sealed record Answer(int ExitCode, string Output, string Errors);

    /// <param name="home">HOME of the program: with root's own, libpq inside the server looks for certificates where it may not read.</param>
    public static async Task<Answer> RunAsync(string program, IEnumerable<string> arguments, string? account, string home, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",   // the host's own may be closed to the account
        };
        if (account is not null)
            start.UserName = account;
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);   // PGDATA, PGPORT, PGOPTIONS of the operator's shell are about another server
        start.Environment["HOME"] = home;
        start.Environment["LC_ALL"] = "C.UTF-8";

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return new(process.ExitCode, (await output).Trim(), (await errors).Trim());
    }
}
