using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Modular.Mail.Mime;
using Modular.Mail.Reports;

namespace Modular.Mail.Tests.Reports;

/// <summary>Each format of <c>Formats/returned-mail.txt</c> is understood: what it is, why, and whom it is about.</summary>
public sealed class BounceFormatTests
{
    public static TheoryData<string, string, string, string, string> All()
    {
        var all = new TheoryData<string, string, string, string, string>();
        foreach (var block in File.ReadAllText(Path.Combine(Here(), "Formats", "returned-mail.txt")).ReplaceLineEndings("\n").Split("\n==== ")[1..])
        {
            var title = block.Split('\n')[0].Split(" | ");
            all.Add(title[0], title[1], title[2], title[3], block[(block.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_format_is_understood(string name, string type, string reason, string recipients, string mail)
    {
        var verdict = BounceClassifier.Classify(MimeMessage.Parse(Encoding.UTF8.GetBytes(mail)));

        Assert.Equal(type, JsonDocument.Parse(BounceExplanation.ToJson(name, verdict)).RootElement.GetProperty("class").GetString());
        Assert.Equal(recipients.Split(' ').Order(StringComparer.Ordinal), verdict.Recipients.Select(r => r.Address).Order(StringComparer.Ordinal));
        Assert.All(verdict.Recipients, recipient => Assert.Equal(reason, recipient.Reason.ToString()));
        Assert.NotEqual("none", verdict.Rule);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
