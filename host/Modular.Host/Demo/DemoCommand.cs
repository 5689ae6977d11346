using System.Globalization;

namespace Modular.Host.Demo;

/// <summary><c>modular demo</c>: one campaign all the way round on real input, checked to the last recipient, in the suite that runs around it.</summary>
internal sealed class DemoCommand(IServiceProvider services, HostFacts facts, TimeProvider time) : ICommand
{
    public string Name => "demo";

    public string Usage => "[--exit]";

    public string Summary => "Run the whole loop once on real input and check every figure; --exit ends after it, else the suite stays up.";

    public HostRoles Roles => HostRoles.All;

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Words.FirstOrDefault(word => word != "--exit") is { } strange) return line.Refuse(this, $"'{strange}' is not expected.");
        var report = new DemoReport(line.Out);
        DemoTenant acme;
        try
        {
            acme = await PlayAsync(line, report, ct);
        }
        catch (DemoFailedException e)
        {
            line.Error.WriteLine("The demo stopped: " + e.Message);
            return 1;
        }
        report.Write();
        if (line.Has("exit")) return report.Holds ? 0 : 1;

        line.Out.WriteLine();
        line.Out.WriteLine($"Have a look: {facts.PublicUrl}");
        line.Out.WriteLine($"Sign in as {acme.Administrator} with {acme.Password}");
        line.Out.WriteLine("Ctrl+C stops everything.");
        await line.Out.FlushAsync(ct);
        await Task.Delay(Timeout.Infinite, ct).ContinueWith(_ => { }, TaskScheduler.Default);
        return report.Holds ? 0 : 1;
    }

    private async Task<DemoTenant> PlayAsync(CommandLine line, DemoReport report, CancellationToken ct)
    {
        var state = new DemoState(facts.DataFolder);
        var run = state.Run;
        state.Begin(run);
        line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Demo, run {run}: nothing leaves this machine."));

        var tenants = new DemoTenants(services, facts);
        var acme = await tenants.EnsureAsync("acme", "Acme Garden & Kitchen", ct);
        var globex = await tenants.EnsureAsync("globex", "Globex", ct);
        var bystander = new DemoBystander(globex.Api);
        await bystander.SettleAsync(ct);
        var before = await bystander.LookAsync(ct);

        var people = new DemoPeople(run);
        var steps = new DemoSteps(acme.Api, line.Out, isTerminal: !Console.IsOutputRedirected, time);
        await steps.PrepareAsync(ct);
        await new DemoImport(acme.Api, steps).PlayAsync(people, report, ct);
        var segment = await steps.SegmentAsync(people, ct);

        var spring = await steps.SendAsync(DemoLetter.Spring(run), segment, ct);
        await DemoChecks.FirstAsync(acme.Api, spring, steps, report, ct);
        var autumn = await steps.SendAsync(DemoLetter.Autumn(run), segment, ct);
        await DemoChecks.SecondAsync(acme.Api, autumn, steps, report, ct);
        await DemoChecks.CapturedAsync(acme.Api, report, ct);

        report.Section("The neighbour, globex");
        report.Equal("contacts", before.Contacts, (await bystander.LookAsync(ct)).Contacts);
        report.Equal("suppressed addresses", before.Suppressions, (await bystander.LookAsync(ct)).Suppressions);
        report.Equal("campaigns", before.Campaigns, (await bystander.LookAsync(ct)).Campaigns);
        state.End(run);
        globex.Api.Dispose();
        return acme;
    }
}
