namespace Modular.Host.Settings;

/// <summary>The words on the command line, parted: settings (<c>--Section:Key=value</c>, <c>--port-base N</c>) win over every file; the rest is the command's.</summary>
internal sealed record Invocation(IReadOnlyList<string> Words, IReadOnlyDictionary<string, string?> Settings)
{
    public static Invocation Read(IReadOnlyList<string> args)
    {
        var words = new List<string>();
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--")
            {
                words.AddRange(args.Skip(i));
                break;
            }

            if (args[i] == "--port-base")
                settings["Host:PortBase"] = i + 1 < args.Count ? args[++i] : "";
            else if (args[i].StartsWith("--port-base=", StringComparison.Ordinal))
                settings["Host:PortBase"] = args[i]["--port-base=".Length..];
            else if (args[i].StartsWith("--", StringComparison.Ordinal) && args[i].IndexOf('=', StringComparison.Ordinal) is var equals and > 0 && args[i][..equals].Contains(':', StringComparison.Ordinal))
                settings[args[i][2..equals]] = args[i][(equals + 1)..];
            else
                words.Add(args[i]);
        }

        return new(words, settings);
    }
}
