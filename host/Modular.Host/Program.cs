using System.Runtime.InteropServices;
using Modular.Host;
using Modular.Host.Commands;

using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);

try
{
    return await CommandRun.RunAsync(args, stopping.Token);
}
catch (CannotStartException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (UnauthorizedAccessException e)
{
    Console.Error.WriteLine($"{e.Message} Run it as the account that owns the data folder, or choose another with MODULAR_DATA.");
    return 1;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 130;   // as a shell reports Ctrl+C
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;   // stopping takes a moment: listeners, workers, then PostgreSQL
    stopping.Cancel();
}
