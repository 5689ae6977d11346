using Modular.Mail.Mime;
using Modular.Mail.Reports;

namespace Modular.Fuzz.Targets;

/// <summary>What reads bounces and complaints.</summary>
internal static class ReportTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("reports", () => Seeds.Mail("bounces", "arf"), input => BounceExplanation.ToJson("fuzz", BounceClassifier.Classify(MimeMessage.Parse(input)))),
        new("domain-reports", () => Seeds.Mail("dmarc"), input => MailExplanation.ToJson("fuzz", input)),
    ];
}
