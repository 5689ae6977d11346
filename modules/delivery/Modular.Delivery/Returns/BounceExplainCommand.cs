using Modular.Mail.Mime;
using Modular.Mail.Reports;

namespace Modular.Delivery.Returns;

/// <summary><c>modular bounce explain FILE…</c>: what a returned mail is, whom it is about, and which rule said so.</summary>
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
            var verdict = BounceClassifier.Classify(MimeMessage.Parse(content));
            await line.Out.WriteLineAsync(line.Has("json") ? BounceExplanation.ToJson(file, verdict) : Text(file, verdict));
        }
        return status;
    }

    private static string Text(string file, BounceVerdict verdict) => string.Join('\n',
    [
        $"{file}: {verdict.Kind} ({verdict.Rule})",
        .. verdict.Recipients.Select(recipient =>
            $"  {recipient.Address}  {(recipient.Status == default ? "-" : recipient.Status)}  {recipient.Reason}{(recipient.IsHard ? ", hard" : "")}  ({recipient.Rule})\n    {recipient.Evidence}"),
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
