using System.Globalization;
using System.Text;

namespace Modular.Mail.Reports.Aggregate;

/// <summary>
/// Makes a report of the elements as they open and close, by their names and their parents' alone: order, namespace and letter case differ between
/// reporters, and damaged files have elements where none belong.
/// </summary>
internal sealed class DmarcReportBuilder(ReportLimits limits)
{
    private const int MostTextChars = 2000;
    private const int MostPerRecord = 100;

    private readonly List<(string Name, StringBuilder Text, bool HasChild)> open = [];
    private readonly List<DmarcRecord> records = [];
    private readonly List<string> errors = [];
    private readonly Dictionary<string, string> facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> row = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> leaf = new(StringComparer.Ordinal);
    private List<DmarcDkimResult> dkim = [];
    private List<DmarcSpfResult> spf = [];
    private List<DmarcOverride> overrides = [];

    public int RecordCount => records.Count;

    public void Open(string name)
    {
        name = name.ToLowerInvariant();
        if (open.Count is 0 && name is not "feedback")
            throw new UnusableReportException("its XML is no report: it begins with another element than feedback");
        if (open.Count >= limits.Depth)
            throw new UnusableReportException($"its elements stand in one another more than {limits.Depth} deep");
        if (open.Count > 0)
            open[^1] = open[^1] with { HasChild = true };
        if (name is "record")
            Clear();
        if (name is "dkim" or "spf" or "reason")
            leaf.Clear();
        open.Add((name, new StringBuilder(), false));
    }

    /// <summary>Text before an element's first child is its own; the rest is layout, or a sign of damage.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        if (open is [.., (_, var held, false)] && held.Length < MostTextChars)
            held.Append(text[..Math.Min(text.Length, MostTextChars - held.Length)]);
    }

    /// <summary>Closes the innermost element of that name, and what stands open inside it; an end without a beginning is left out.</summary>
    public void Close(string name)
    {
        name = name.ToLowerInvariant();
        var at = open.FindLastIndex(e => e.Name == name);
        if (at < 0)
            return;
        while (open.Count > at)
            CloseLast();
    }

    public DmarcReport Build(bool isStrict, IReadOnlyList<string> container) => new()
    {
        OrgName = Fact("org_name"),
        Email = Fact("email"),
        ReportId = Fact("report_id"),
        BeginsAt = Seconds(Fact("begin")),
        EndsAt = Seconds(Fact("end")),
        Errors = errors,
        Domain = Fact("domain"),
        Policy = Fact("p"),
        SubdomainPolicy = Fact("sp"),
        NonexistentPolicy = Fact("np"),
        Percent = int.TryParse(Fact("pct"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var percent) ? percent : null,
        DkimAlignment = Fact("adkim"),
        SpfAlignment = Fact("aspf"),
        FailureOptions = Fact("fo"),
        Testing = Fact("testing"),
        Records = records,
        IsStrictXml = isStrict,
        Container = container,
    };

    private void CloseLast()
    {
        var (name, held, _) = open[^1];
        open.RemoveAt(open.Count - 1);
        var text = held.ToString().Trim();
        var parent = open.Count > 0 ? open[^1].Name : "";
        switch (parent, name)
        {
            case (_, "record"):
                AddRecord();
                break;
            case ("auth_results", "dkim") when dkim.Count < MostPerRecord:
                dkim.Add(new DmarcDkimResult(Leaf("domain"), Leaf("selector"), Leaf("result")));
                break;
            case ("auth_results", "spf") when spf.Count < MostPerRecord:
                spf.Add(new DmarcSpfResult(Leaf("domain"), Leaf("result")));
                break;
            case (_, "reason") when overrides.Count < MostPerRecord:
                overrides.Add(new DmarcOverride(Leaf("type"), Leaf("comment")));
                break;
            case ("report_metadata", "error") when text.Length > 0 && errors.Count < MostPerRecord:
                errors.Add(text);
                break;
            case ("report_metadata" or "date_range" or "policy_published", _):
                Keep(facts, name, text);
                break;
            case ("dkim" or "spf" or "reason", _):
                Keep(leaf, name, text);
                break;
            case ("row" or "policy_evaluated" or "identifiers" or "identities", _):
                Keep(row, name, text);
                break;
        }
    }

    private void AddRecord()
    {
        if (records.Count >= limits.Records)
            throw new UnusableReportException($"it has more than {limits.Records} records");
        records.Add(new DmarcRecord
        {
            SourceIp = row.GetValueOrDefault("source_ip"),
            Count = long.TryParse(row.GetValueOrDefault("count"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0,
            Disposition = row.GetValueOrDefault("disposition"),
            Dkim = row.GetValueOrDefault("dkim"),
            Spf = row.GetValueOrDefault("spf"),
            HeaderFrom = row.GetValueOrDefault("header_from"),
            EnvelopeFrom = row.GetValueOrDefault("envelope_from"),
            EnvelopeTo = row.GetValueOrDefault("envelope_to"),
            DkimResults = dkim,
            SpfResults = spf,
            Overrides = overrides,
        });
        Clear();
    }

    private void Clear()
    {
        row.Clear();
        leaf.Clear();
        (dkim, spf, overrides) = ([], [], []);
    }

    private string? Fact(string name) => facts.GetValueOrDefault(name);

    private string? Leaf(string name) => leaf.GetValueOrDefault(name);

    private static void Keep(Dictionary<string, string> kept, string name, string text)
    {
        if (text.Length > 0)
            kept.TryAdd(name, text);
    }

    /// <summary>Seconds since 1970; some write a fraction, or a date.</summary>
    private static long? Seconds(string? text)
    {
        if (text is null)
            return null;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue)
            return (long)number;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date.ToUnixTimeSeconds() : null;
    }
}
