namespace Modular.Host.Commands;

/// <summary>The host has started everything before this runs; it says where, and waits.</summary>
internal sealed class ServeCommand(HostFacts facts, IEnumerable<IStartupNotice> notices, IHostApplicationLifetime lifetime) : ICommand
{
    public string Name => "serve";

    public string Usage => "";

    public string Summary => "Runs the suite until it is told to stop (Ctrl+C).";

    public HostRoles Roles => HostRoles.All;

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Words.Count > 0)
            return line.Refuse(this, $"'{line.Words[0]}' is not expected.");
        await line.Out.WriteLineAsync($"Modular runs. Data folder: {facts.DataFolder}");
        if (facts.Is(HostRoles.Web))
            await line.Out.WriteLineAsync($"Console: {facts.PublicUrl}");
        foreach (var notice in notices)
        {
            foreach (var text in await notice.LinesAsync(ct))
                await line.Out.WriteLineAsync(text);
        }

        await line.Out.WriteLineAsync("Ctrl+C stops it.");
        await line.Out.FlushAsync(ct);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        await Task.Delay(Timeout.Infinite, stopped.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        return ct.IsCancellationRequested ? 0 : 1;   // 1: a worker broke in a way that it does not survive, and the log says which
    }
}
