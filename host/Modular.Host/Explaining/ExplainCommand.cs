using System.Globalization;
using System.Text.Json;

namespace Modular.Host.Explaining;

internal sealed class ExplainCommand(Explanation explanation) : ICommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string Name => "explain";

    public string Usage => "ID [--json]";

    public string Summary => "Prints one message's life, each module answering for its part. ID is a recipient id, a Message-ID or a return path.";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var id])
            return line.Refuse(this, "name one message.");
        if (await explanation.FindAsync(id, ct) is not { } steps)
        {
            await line.Error.WriteLineAsync($"No tenant has a message that {id} names.");
            return 1;
        }

        foreach (var step in steps)
            await line.Out.WriteLineAsync(line.Has("json") ? JsonSerializer.Serialize(step, Json) : Text(step));
        return 0;
    }

    private static string Text(ExplainedStep step)
    {
        var first = $"{step.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)}  {step.Module,-10}  {step.What}";
        return step.Detail is { Length: > 0 } detail
            ? first + string.Concat(detail.ReplaceLineEndings("\n").Split('\n').Select(l => $"\n{"",37}{l}"))
            : first;
    }
}

internal static class ExplainingServices
{
    public static IServiceCollection AddExplaining(this IServiceCollection services) =>
        services.AddSingleton<Explanation>().AddTransient<ICommand, ExplainCommand>();
}
