namespace Modular.Kernel.Modules;

/// <summary>One command of the command line, contributed by a module: <c>modular tenant create SLUG</c>.</summary>
public interface ICommand
{
    /// <summary>The words that call it, as in <c>tenant create</c>.</summary>
    string Name { get; }

    /// <summary>Arguments and options, as a reader of the help sees them: <c>SLUG [--name NAME]</c>.</summary>
    string Usage { get; }

    /// <summary>What it does, in one line.</summary>
    string Summary { get; }

    /// <summary>Whether it works on files alone, so that no database is opened for it.</summary>
    bool IsOffline => false;

    /// <summary>What the host does beside the command: nothing for most, everything for one that shows or measures the running suite.</summary>
    HostRoles Roles => HostRoles.None;

    /// <summary>Settings that the suite around the command is built with, such as where a benchmark sends its mail; they win over every file.</summary>
    IReadOnlyDictionary<string, string?> Settings(CommandLine line) => new Dictionary<string, string?>();

    /// <returns>The exit status: 0 done, 1 failed, 2 called wrongly.</returns>
    Task<int> RunAsync(CommandLine line, CancellationToken ct);
}
