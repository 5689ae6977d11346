using System.Runtime.CompilerServices;

namespace Modular.Host.Commands;

/// <summary>Every command there is, the host's and the modules', by the words that call it.</summary>
internal sealed class CommandTable(IEnumerable<ICommand> descriptions)
{
    private readonly List<ICommand> _commands = [.. descriptions.OrderBy(c => c.Name, StringComparer.Ordinal)];

    /// <summary>
    /// What a command is called and what it is for are constants of its type, read here from instances that never ran a constructor: making all
    /// commands in order to choose one would make everything that any of them needs.
    /// </summary>
    public static CommandTable Of(IServiceCollection services) => new(services
        .Where(s => s.ServiceType == typeof(ICommand))
        .Select(s => s.ImplementationType ?? throw new InvalidOperationException("A command is registered by its type: AddTransient<ICommand, T>()."))
        .Select(type => (ICommand)RuntimeHelpers.GetUninitializedObject(type)));

    /// <summary>The command with the longest name that the words begin with, to be read only, and the words behind it.</summary>
    public (ICommand Description, IReadOnlyList<string> Words)? Find(IReadOnlyList<string> words)
    {
        foreach (var command in _commands.OrderByDescending(c => c.Name.Length))
        {
            var name = command.Name.Split(' ');
            if (words.Count >= name.Length && name.SequenceEqual(words.Take(name.Length)))
                return (command, [.. words.Skip(name.Length)]);
        }

        return null;
    }

    /// <summary>The command itself, with all it needs.</summary>
    public static ICommand Make(ICommand description, IServiceProvider services) => (ICommand)ActivatorUtilities.CreateInstance(services, description.GetType());

    public void WriteUsage(TextWriter to)
    {
        to.WriteLine("usage: modular COMMAND [ARGUMENTS] [--Section:Key=value] [--port-base N]");
        to.WriteLine();
        var width = _commands.Count == 0 ? 0 : Math.Min(44, _commands.Max(c => $"{c.Name} {c.Usage}".TrimEnd().Length));
        foreach (var command in _commands)
        {
            var call = $"{command.Name} {command.Usage}".TrimEnd();
            to.WriteLine(call.Length > width ? $"  {call}\n  {new string(' ', width)}  {command.Summary}" : $"  {call.PadRight(width)}  {command.Summary}");
        }
    }

    /// <summary>Says that there is no such command, and which ones look like it.</summary>
    public void WriteUnknown(IReadOnlyList<string> words, TextWriter to)
    {
        var typed = string.Join(' ', words.TakeWhile((w, i) => i == 0 || !w.StartsWith('-')));
        var near = _commands
            .Select(c => (c.Name, Distance: Distance(c.Name, string.Join(' ', typed.Split(' ').Take(c.Name.Split(' ').Length)))))
            .Where(c => c.Distance <= Math.Max(2, c.Name.Length / 3) || c.Name.StartsWith(typed + " ", StringComparison.Ordinal))
            .OrderBy(c => c.Distance).Take(5).Select(c => c.Name).ToList();
        to.WriteLine($"modular: there is no command '{typed}'.{(near.Count > 0 ? " Did you mean " + string.Join(", ", near) + "?" : "")} 'modular help' lists them all.");
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
