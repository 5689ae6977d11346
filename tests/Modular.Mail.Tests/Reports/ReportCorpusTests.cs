using System.Text.Json;
using Modular.Mail.Reports;

namespace Modular.Mail.Tests.Reports;

/// <summary>What <c>bounce explain --json</c> says of real mail, against what is known to be right about it.</summary>
public sealed class ReportCorpusTests
{
    [Fact]
    public void Hard_and_soft_are_told_apart_as_the_references_do()
    {
        int scored = 0, right = 0;
        foreach (var (label, said) in Explained("bounces"))
        {
            if (!label.TryGetProperty("recipients", out var wanted) || wanted.ValueKind is not JsonValueKind.Array) continue;
            var found = said.GetProperty("recipients").EnumerateArray().ToLookup(r => Text(r, "address"), r => r.GetProperty("hard").GetBoolean(), StringComparer.OrdinalIgnoreCase);
            foreach (var recipient in wanted.EnumerateArray().Where(r => r.TryGetProperty("hard_scored", out var isScored) && isScored.ValueKind is JsonValueKind.True))
            {
                var names = recipient.TryGetProperty("also", out var also) && also.ValueKind is JsonValueKind.Array ? also.EnumerateArray().Select(a => a.GetString() ?? "") : [];
                if (names.Prepend(Text(recipient, "address")).FirstOrDefault(name => found.Contains(name)) is not { Length: > 0 } name) continue;   // the test of recipients counts it
                scored++;
                if (found[name].First() == recipient.GetProperty("hard").GetBoolean()) right++;
            }
        }
        Assert.True(right >= 0.97 * scored, $"{right} of {scored} are right.");
    }

    [Fact]
    public void Each_kind_of_mail_is_told_from_the_others()
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var (label, said) in Explained("bounces").Where(m => Text(m.Label, "class") is not "unlabelled"))
        {
            count++;
            if (Text(label, "class") != Text(said, "class")) wrong.Add($"{Text(label, "file")}: {Text(said, "class")}");
        }
        Assert.True(wrong.Count <= 0.02 * count, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_report_about_a_domain_gives_its_figures_and_the_unusable_is_refused()
    {
        var wrong = new List<string>();
        foreach (var (label, said) in Explained("dmarc"))
        {
            var isUsable = !label.TryGetProperty("usable", out var usable) || usable.GetBoolean();
            if (isUsable != said.GetProperty("usable").GetBoolean()) wrong.Add($"{Text(label, "file")}: usable");
            if (!isUsable || !label.TryGetProperty("reports", out var reports)) continue;
            var wanted = reports.EnumerateArray().ToList();
            var found = said.GetProperty("reports").EnumerateArray().ToList();
            if (wanted.Count != found.Count) wrong.Add($"{Text(label, "file")}: {found.Count} reports");
            foreach (var (want, have) in wanted.Zip(found))
            {
                foreach (var field in want.EnumerateObject().Where(f => !f.Name.EndsWith("_sha256", StringComparison.Ordinal)))   // of the file inside, not of its figures
                {
                    if (!have.TryGetProperty(field.Name, out var value) || !JsonElement.DeepEquals(field.Value, value)) wrong.Add($"{Text(label, "file")}: {field.Name}");
                }
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_spam_report_is_told_from_a_report_of_failed_authentication_in_whatever_form_it_comes()
    {
        var wrong = new List<string>();
        foreach (var (label, said) in Explained("arf"))
        {
            if (Text(said, "class") is not "arf") wrong.Add($"{Text(label, "file")}: {Text(said, "class")}");
            else if (IsTrue(label, "is_auth_failure_report") != IsTrue(said, "is_auth_failure_report")) wrong.Add($"{Text(label, "file")}: authentication");
            else if (IsTrue(label, "is_spam_report") != IsTrue(said, "is_spam_report")) wrong.Add($"{Text(label, "file")}: spam");
        }
        Assert.Empty(wrong);
    }

    private static IEnumerable<(JsonElement Label, JsonElement Said)> Explained(string category) => Corpus.Read(category)
        .Select(m => (m.Label, JsonDocument.Parse(MailExplanation.ToJson(Text(m.Label, "file"), m.Octets)).RootElement));

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static bool IsTrue(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;
}
