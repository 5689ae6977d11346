using System.Runtime.CompilerServices;
using Modular.Mail.Reports;

namespace Modular.Mail.Tests.Reports;

/// <summary>Each rule of <c>bounce-rules.txt</c> has a sample in <c>Formats/rule-samples.txt</c> that it, and no rule before it, decides: none is dead, none hides another.</summary>
public sealed class BounceRuleTests
{
    private static readonly BounceRules Rules = BounceRules.Default;

    [Fact]
    public void Every_rule_has_a_sample_in_its_place() =>
        Assert.Equal(Rules.All.Select(r => $"[{r.Section}] {r.Rule}"), Samples().Select(s => $"[{s.Section}] {s.Rule}"));

    [Fact]
    public void Every_sample_is_decided_by_its_rule()
    {
        var wrong = Samples().Where(s => !Decides(s.Section, s.Rule, s.Text)).Select(s => $"[{s.Section}] {s.Rule} => {s.Text}");

        Assert.Empty(wrong);
    }

    [Fact]
    public void A_sample_that_another_rule_decides_is_found() => Assert.False(Decides("reason user-unknown", "user unknown", "550 mailbox is full"));

    private static bool Decides(string section, string rule, string sample)
    {
        if (section.StartsWith("reason ", StringComparison.Ordinal))
        {
            var reason = section["reason ".Length..].Replace("-", "", StringComparison.Ordinal);
            return Rules.FindReason(ReplyText.WithoutAddresses(sample)) is var (found, by) && found.ToString().Equals(reason, StringComparison.OrdinalIgnoreCase) && by.EndsWith($": {rule}", StringComparison.Ordinal);
        }

        var read = section is "from" ? sample : new AddressMask(sample).Text;   // a sender is read as it is, everything else with its addresses masked
        return Rules.Find(section, read) == $"{section}: {rule}";
    }

    private static IEnumerable<(string Section, string Rule, string Text)> Samples([CallerFilePath] string path = "")
    {
        var section = "";
        foreach (var line in File.ReadLines(Path.Combine(Path.GetDirectoryName(path)!, "Formats", "rule-samples.txt")).Where(l => l.Length > 0 && !l.StartsWith("# ", StringComparison.Ordinal)))
        {
            if (line is ['[', .., ']'] && !line.Contains(" => ", StringComparison.Ordinal))
                section = line[1..^1];
            else
                yield return (section, line.Split(" => ")[0], line[(line.IndexOf(" => ", StringComparison.Ordinal) + 4)..]);
        }
    }
}
