using Modular.Mail.Smtp;

namespace Modular.Mail.Reports;

/// <summary>The rules of <c>bounce-rules.txt</c>, read once.</summary>
internal sealed class BounceRules
{
    private readonly Dictionary<string, PhraseList> sections = [];
    private readonly List<(BounceReason Reason, PhraseList Phrases)> reasons = [];
    private readonly List<(string Status, BounceReason Reason)> decisive = [];
    private readonly List<(string Status, BounceReason Reason)> byStatus = [];
    private readonly Dictionary<int, BounceReason> byReply = [];
    private readonly List<(string Section, string Rule)> all = [];

    private BounceRules(TextReader file)
    {
        var section = "";
        while (file.ReadLine() is { } line)
        {
            if (line.Length is 0 || line.StartsWith("# ", StringComparison.Ordinal) || line is "#")
                continue;
            if (line is ['[', .., ']'] && !line.Contains('{', StringComparison.Ordinal))
                section = Open(line[1..^1]);
            else
                Add(section, line);
        }

        foreach (var phrases in sections.Values.Concat(reasons.Select(r => r.Phrases)))
            phrases.Seal();
    }

    public static BounceRules Default { get; } = Load();

    /// <summary>Every rule that is words, with its section's name as the file has it.</summary>
    internal IEnumerable<(string Section, string Rule)> All => all;

    /// <summary>The first rule of a section that matches; null when none does.</summary>
    public string? Find(string section, string text) =>
        sections[section].Find(text) is { } phrase ? $"{section}: {phrase.Rule}" : null;

    /// <summary>The address that the first matching rule of a section names.</summary>
    public (string Address, string Rule)? FindAddress(string section, AddressMask line) =>
        sections[section].Find(line.Text, out var at) is { } phrase && at >= 0 ? (line.At(at), $"{section}: {phrase.Rule}") : null;

    /// <summary>The reason that the words give; null when no rule knows them.</summary>
    public (BounceReason Reason, string Rule)? FindReason(string text)
    {
        foreach (var (reason, phrases) in reasons)
        {
            if (phrases.Find(text) is { } phrase)
                return (reason, $"reason {reason}: {phrase.Rule}");
        }

        return null;
    }

    /// <summary>The reason of a status that outweighs words.</summary>
    public (BounceReason Reason, string Rule)? FindDecisive(EnhancedStatus status) => Find(decisive, "decisive status", status);

    public (BounceReason Reason, string Rule)? FindReason(EnhancedStatus status) => Find(byStatus, "status", status);

    private static (BounceReason Reason, string Rule)? Find(List<(string Status, BounceReason Reason)> statuses, string section, EnhancedStatus status)
    {
        var text = status.ToString();
        foreach (var (pattern, reason) in statuses)
        {
            if (pattern == text || (pattern[^1] is '*' && text.StartsWith(pattern[..^1], StringComparison.Ordinal)))
                return (reason, $"{section}: {pattern}");
        }

        return null;
    }

    public (BounceReason Reason, string Rule)? FindReason(int replyCode) =>
        byReply.TryGetValue(replyCode, out var reason) ? (reason, $"reply: {replyCode}") : null;

    private string Open(string name)
    {
        if (name.StartsWith("reason ", StringComparison.Ordinal))
            reasons.Add((ParseReason(name["reason ".Length..]), new PhraseList()));
        else
            sections.TryAdd(name, new PhraseList());
        return name;
    }

    private void Add(string section, string line)
    {
        var words = line.Split(' ');
        if (section is "status")
            byStatus.Add((words[0], ParseReason(words[1])));
        else if (section is "decisive status")
            decisive.Add((words[0], ParseReason(words[1])));
        else if (section is "reply")
            byReply.Add(int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture), ParseReason(words[1]));
        else
            AddPhrase(section, line);
    }

    private void AddPhrase(string section, string line)
    {
        all.Add((section, line));
        (section.StartsWith("reason ", StringComparison.Ordinal) ? reasons[^1].Phrases : sections[section]).Add(new Phrase(line));
    }

    private static BounceReason ParseReason(string name) => Enum.Parse<BounceReason>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);

    private static BounceRules Load()
    {
        using var file = new StreamReader(typeof(BounceRules).Assembly.GetManifestResourceStream("bounce-rules.txt")!); // embedded by the project file
        return new BounceRules(file);
    }
}
