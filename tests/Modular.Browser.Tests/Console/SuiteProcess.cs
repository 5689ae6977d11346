using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Modular.Testing;

namespace Modular.Browser.Tests.Console;

/// <summary>The real executable, as an operator runs it: a data folder of its own, free ports, stopped as Ctrl+C stops it.</summary>
internal sealed class SuiteProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _data = Directory.CreateTempSubdirectory("modular-browser-").FullName;
    private readonly ConcurrentQueue<string> _said = new();
    private Process? _serving;

    public Uri Url { get; private set; } = null!; // ServeAsync sets it

    /// <summary>One command of the suite's command line; its standard output.</summary>
    public async Task<string> RunAsync(string[] words, CancellationToken ct)
    {
        using var process = Start(words);
        var errors = process.StandardError.ReadToEndAsync(ct);
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode is 0 ? output : throw new InvalidOperationException($"modular {string.Join(' ', words)} ended with {process.ExitCode}: {await errors}");
    }

    /// <summary>Returns when the suite has said that it serves.</summary>
    public async Task ServeAsync(CancellationToken ct)
    {
        var ports = FreePorts.InARow(6);
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports}/"));
        _serving = Start(["serve", "--port-base", ports.ToString(CultureInfo.InvariantCulture)]);
        var serves = new TaskCompletionSource();
        _serving.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _serving.OutputDataReceived += (_, line) =>
        {
            _said.Enqueue(line.Data ?? "");
            if (line.Data is null) serves.TrySetException(new InvalidOperationException("The suite did not start:\n" + Said()));
            else if (line.Data.StartsWith("Console:", StringComparison.Ordinal)) serves.TrySetResult();
        };
        _serving.BeginErrorReadLine();
        _serving.BeginOutputReadLine();
        await serves.Task.WaitAsync(Patience, ct);
    }

    /// <summary>The last lines of the log, for a test that fails.</summary>
    public string Said() => string.Join('\n', _said.TakeLast(60));

    public async ValueTask DisposeAsync()
    {
        if (_serving is { HasExited: false })
        {
            using var interrupt = Process.Start("kill", ["-INT", _serving.Id.ToString(CultureInfo.InvariantCulture)]);
            using var limit = new CancellationTokenSource(Patience);
            await _serving.WaitForExitAsync(limit.Token);
        }
        _serving?.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private Process Start(string[] words)
    {
        // PostgreSQL's own account must be able to pass through.
        File.SetUnixFileMode(_data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var start = new ProcessStartInfo(Executable(), words) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MODULAR_DATA"] = _data;
        return Process.Start(start) ?? throw new InvalidOperationException("No process came of " + start.FileName);
    }

    /// <summary>The host built beside these tests, in the same configuration.</summary>
    private static string Executable()
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, "artifacts/bin/Modular.Host", built.Name, "modular");
    }
}
