using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Modular.Delivery.Capture;

/// <summary>
/// Goes through the capture index in order and does what is wanted and not done yet. The index is the queue: it has no bound in memory to overflow, and
/// after <c>kill -9</c> the work goes on where it stood.
/// </summary>
internal sealed partial class ReactionWorker(CaptureFiles files, CaptureStore store, Reactions reactions, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ReactionWorker> log)
    : BackgroundService
{
    private const int Parallel = 8, MaxTries = 30;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2), LookInterval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        var wake = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        store.ReactionWanted += () => wake.Writer.TryWrite(0);
        var work = Channel.CreateBounded<(long, CaptureRecord)>(Parallel);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            var doers = Enumerable.Range(0, Parallel).Select(_ => DoAllAsync(work.Reader, stoppingToken)).ToArray();
            for (long next = 0; ;)
            {
                foreach (var (number, record) in files.ReadFrom(next))
                {
                    next = number + 1;
                    if (record.Reactions is ReactionState.Wanted) await work.Writer.WriteAsync((number, record), stoppingToken);
                }
                await WaitAsync(wake.Reader, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not done stands in the index.
        }
    }

    private async Task WaitAsync(ChannelReader<byte> wake, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(LookInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            await wake.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Another process may have written.
        }
    }

    private async Task DoAllAsync(ChannelReader<(long Number, CaptureRecord Record)> work, CancellationToken ct)
    {
        await foreach (var (number, record) in work.ReadAllAsync(ct))
        {
            try
            {
                await DoAsync(number, record, ct);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFault(fault, number);
            }
        }
    }

    private async Task DoAsync(long number, CaptureRecord record, CancellationToken ct)
    {
        if (files.Open(number, record) is { } mail)
        {
            for (var i = 1; !await reactions.DoAsync(mail, ct); i++)
            {
                if (i >= MaxTries)
                {
                    LogGivenUp(number, MaxTries);
                    break;
                }
                await Task.Delay(RetryDelay, time, ct);
            }
        }
        store.MarkDone(number);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Captured mail {Number}: its reaction failed")]
    private partial void LogFault(Exception fault, long number);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Captured mail {Number}: its reaction was given up after {Tries} tries")]
    private partial void LogGivenUp(long number, int tries);
}
