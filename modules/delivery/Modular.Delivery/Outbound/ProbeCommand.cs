using Modular.Mail.Smtp.Client;

namespace Modular.Delivery.Outbound;

/// <summary><c>modular probe DOMAIN</c>: the way that mail to a domain would take now, with every word of the session, and no message.</summary>
internal sealed class ProbeCommand(IRoutes routes) : ICommand
{
    private const int MostQuestions = 60;

    public string Name => "probe";

    public string Usage => "DOMAIN";

    public string Summary => "shows where mail for a domain would go, and the session with its server up to the first message";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var domain] || domain.Length is 0) return line.Refuse(this, "name one domain, as in example.com");
        switch (await FindAsync(domain, ct))
        {
            case RouteAnswer.Found { Route: var route }:
                await line.Out.WriteLineAsync($"{domain} is delivered to {route.Name}");
                return await SpeakAsync(route, line, ct);
            case RouteAnswer.Never never:
                await line.Out.WriteLineAsync($"{never.Status} {never.Words}");
                return 1;
            case RouteAnswer.NotNow later:
                await line.Out.WriteLineAsync($"not now: {later.Words}");
                return 1;
            default:
                await line.Out.WriteLineAsync($"nobody has answered about {domain} so far; try again");
                return 1;
        }
    }

    private async Task<RouteAnswer> FindAsync(string domain, CancellationToken ct)
    {
        RouteAnswer answer = new RouteAnswer.NotYet();
        for (var i = 0; i < MostQuestions && answer is RouteAnswer.NotYet; i++) answer = await routes.FindAsync(domain, ct);
        return answer;
    }

    private static async Task<int> SpeakAsync(Route route, CommandLine line, CancellationToken ct)
    {
        var transcript = new SmtpTranscript();
        try
        {
            var open = await route.ConnectAsync(transcript, ct);
            await using (open.Smtp) await open.Smtp.QuitAsync(ct);
            await line.Out.WriteLineAsync($"{transcript}\n{open.Server}{open.Privacy}");
            return 0;
        }
        catch (SmtpException fault)
        {
            await line.Out.WriteLineAsync($"{transcript}\n{fault.Message}");
            return 1;
        }
    }
}
