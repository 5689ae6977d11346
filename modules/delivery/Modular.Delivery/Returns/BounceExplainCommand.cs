using Modular.Mail.Mime;
using Modular.Mail.Reports;
using Modular.Mail.Reports.Aggregate;

namespace Modular.Delivery.Returns;

/// <summary><c>modular bounce explain FILE…</c>: what a returned mail or report is, whom it is about, and which rule said so.</summary>
internal sealed class BounceExplainCommand : ICommand
{
    public string Name => "bounce explain";

    public string Usage => "FILE… [--json]";

    public string Summary => "says what returned mails are, whom they are about and why";

    public bool IsOffline => true;

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not { Count: > 0 } files) return line.Refuse(this, "name at least one file");
        var status = 0;
        foreach (var file in files)
        {
            if (await MailFile.ReadAsync(line, file, ct) is not { } content)
            {
                status = 1;
                continue;
            }
            await line.Out.WriteLineAsync(line.Has("json") ? MailExplanation.ToJson(file, content) : Text(file, content));
        }
        return status;
    }

    private static string Text(string file, byte[] content)
    {
        if (DomainReportReader.MayBeReport(content)) return Text(file, DomainReportReader.ReadFile(content));
        var message = MimeMessage.Parse(content);
        return DomainReportReader.Read(message) is { } reports ? Text(file, reports) : Text(file, BounceClassifier.Classify(message));
    }

    private static string Text(string file, BounceVerdict verdict) => string.Join('\n',
    [
        $"{file}: {verdict.Kind} ({verdict.Rule})",
        .. verdict.Recipients.Select(recipient =>
            $"  {recipient.Address}  {(recipient.Status == default ? "-" : recipient.Status)}  {recipient.Reason}{(recipient.IsHard ? ", hard" : "")}  ({recipient.Rule})\n    {recipient.Evidence}"),
    ]);

    private static string Text(string file, DomainReports reports) => string.Join('\n',
    [
        $"{file}: {(reports.IsUsable ? $"{reports.Kind} report" : $"unusable: {reports.Refusal}")}",
        .. reports.Dmarc.Select(report => $"  {report.Domain}  by {report.OrgName ?? report.Email}: {report.Messages} mails, {report.Passed} passed"),
        .. reports.Tls.Select(report => $"  {(report.Policies is [var policy, ..] ? policy.Domain : null)}  by {report.OrganizationName}: {report.Succeeded} sessions, {report.Failed} failed"),
    ]);
}

internal static class MailFile
{
    /// <summary>Null when it cannot be read, which has been said then.</summary>
    public static async Task<byte[]?> ReadAsync(CommandLine line, string file, CancellationToken ct)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, ct);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await line.Error.WriteLineAsync($"{file}: {fault.Message}");
            return null;
        }
    }
}
