using Modular.Host.Settings;
using Modular.Kernel.Auditing;

namespace Modular.Host.Commands;

/// <summary>Runs one command from its words to its exit status, with as much of the suite around it as it asks for.</summary>
internal static class CommandRun
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken ct)
    {
        var invocation = Invocation.Read(args);
        var words = invocation.Words switch
        {
            [] => ["serve"],
            ["--help" or "-h", ..] => ["help"],
            var typed => typed,
        };
        var folder = DataFolder.Chosen();

        // Which command it is, and what it needs, is known to the services: they are built without a database first.
        await using var asked = Suite.Build(folder, invocation.Settings, HostRoles.None);
        var table = asked.Services.GetRequiredService<CommandTable>();
        if (table.Find(words) is not var (description, rest))
        {
            table.WriteUnknown(words, Console.Error);
            return 2;
        }

        var line = new CommandLine(rest, Console.Out, Console.Error);
        if (description.IsOffline)
            return await CommandTable.Make(description, asked.Services).RunAsync(line, ct);

        DataFolder.Create(folder);
        if (description.Roles is HostRoles.None)
        {
            AuditOrigin.Current = new(AuditDoors.CommandLine, null);
            await asked.OpenDatabaseAsync(ct);
            return await CommandTable.Make(description, asked.Services).RunAsync(line, ct);
        }

        var settings = new Dictionary<string, string?>(invocation.Settings, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in description.Settings(line))
            settings[key] = value;
        await using var serving = Suite.Build(folder, settings, roles: null);
        await serving.OpenDatabaseAsync(ct);
        await serving.StartAsync(ct);
        var status = await CommandTable.Make(description, serving.Services).RunAsync(line, ct);
        await serving.StopAsync(CancellationToken.None);
        return status;
    }
}
