using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Modular.Testing;

namespace Modular.EndToEnd.Tests.Loop;

/// <summary>The suite as a process of its own, with its private PostgreSQL: what can be killed as a power cut kills it.</summary>
internal sealed class ServingProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TestFolder _data = new("crash");
    private readonly ConcurrentQueue<string> _said = new();
    private readonly int _ports = FreePorts.InARow(6);
    private Process? _process;

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports}/"));

    public string DataFolder => _data.Path;

    /// <summary>Every line it has written, and those that serve beside it.</summary>
    public IReadOnlyCollection<string> Said => _said;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Returns once it says that it serves.</summary>
    public async Task StartAsync()
    {
        var serves = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Start("serve", "--port-base", _ports.ToString(CultureInfo.InvariantCulture));
        process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        process.OutputDataReceived += (_, line) =>
        {
            _said.Enqueue(line.Data ?? "");
            if (line.Data is null) serves.TrySetException(new InvalidOperationException("It ended:\n" + string.Join('\n', _said.TakeLast(40))));
            else if (line.Data.StartsWith("Console:", StringComparison.Ordinal)) serves.TrySetResult();
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _process = process;
        await serves.Task.WaitAsync(Patience, Ct);
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(); // only a started one is killed
        await _process.WaitForExitAsync(Ct);
        _process.Dispose();
        _process = null;
    }

    /// <summary>A command beside the one that serves; its standard output.</summary>
    public async Task<string> RunAsync(params string[] words)
    {
        using var process = Start(words);
        var errors = process.StandardError.ReadToEndAsync(Ct);
        var output = await process.StandardOutput.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"modular {string.Join(' ', words)} ended with {process.ExitCode}: {await errors}");
    }

    /// <summary>A command beside the one that serves, killed as it works.</summary>
    public async Task RunAndKillAsync(TimeSpan after, params string[] words)
    {
        using var process = Start(words);
        _ = process.StandardError.ReadToEndAsync(Ct);
        _ = process.StandardOutput.ReadToEndAsync(Ct);
        await Task.Delay(after, Ct);
        process.Kill(); // nothing when it has ended
        await process.WaitForExitAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        // However the test ended, the database must not outlive it: a host that starts and stops well takes PostgreSQL with it.
        if (_process is null) await StartAsync();
        using var interrupt = Process.Start("kill", ["-INT", _process!.Id.ToString(CultureInfo.InvariantCulture)]); // started a line ago, or long before
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        _process.Dispose();
        _data.Dispose();
    }

    private Process Start(params string[] words)
    {
        // PostgreSQL's own account must be able to pass through.
        File.SetUnixFileMode(_data.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "modular"), words) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MODULAR_DATA"] = _data.Path;
        return Process.Start(start) ?? throw new InvalidOperationException("No process came of " + start.FileName);
    }
}
