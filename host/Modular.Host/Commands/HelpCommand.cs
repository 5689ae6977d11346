namespace Modular.Host.Commands;

internal sealed class HelpCommand(CommandTable table) : ICommand
{
    public string Name => "help";

    public string Usage => "";

    public string Summary => "Lists the commands.";

    public bool IsOffline => true;

    public Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        table.WriteUsage(line.Out);
        return Task.FromResult(0);
    }
}
