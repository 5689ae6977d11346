namespace Modular.Kernel.Modules;

/// <summary>The words behind a command's name, read once: what starts with <c>--</c> is an option, the rest is positional.</summary>
/// <remarks><c>--name value</c>, <c>--name=value</c> and bare <c>--flag</c>; <c>--</c> ends the options. Options that take a value are named by the asker.</remarks>
public sealed class CommandLine(IReadOnlyList<string> words, TextWriter output, TextWriter error)
{
    public IReadOnlyList<string> Words { get; } = words;

    /// <summary>Standard output: results only.</summary>
    public TextWriter Out { get; } = output;

    /// <summary>Standard error: progress, advice, faults.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>The value behind <c>--name</c>; null when the option is absent.</summary>
    public string? Option(string name)
    {
        for (var i = 0; i < Words.Count && Words[i] != "--"; i++)
        {
            if (Words[i] == "--" + name) return i + 1 < Words.Count ? Words[i + 1] : "";
            if (Words[i].StartsWith("--" + name + "=", StringComparison.Ordinal)) return Words[i][(name.Length + 3)..];
        }
        return null;
    }

    public bool Has(string flag) => Words.TakeWhile(word => word != "--").Contains("--" + flag, StringComparer.Ordinal);

    /// <summary>The words that are neither options nor the values of the options named here.</summary>
    public IReadOnlyList<string> Positional(params string[] optionsWithValue)
    {
        var found = new List<string>();
        var onlyWords = false;
        for (var i = 0; i < Words.Count; i++)
        {
            if (onlyWords || !Words[i].StartsWith("--", StringComparison.Ordinal)) found.Add(Words[i]);
            else if (Words[i] == "--") onlyWords = true;
            else if (optionsWithValue.Contains(Words[i][2..], StringComparer.Ordinal)) i++;
        }
        return found;
    }

    /// <summary>Says what was called wrongly; the exit status of that.</summary>
    public int Refuse(ICommand command, string why)
    {
        Error.WriteLine($"modular {command.Name}: {why}");
        Error.WriteLine($"usage: modular {command.Name} {command.Usage}");
        return 2;
    }
}
