using Modular.Mail.Mime;

namespace Modular.Delivery.Returns;

/// <summary><c>modular mail inspect FILE…</c>: the parts of a message, as this suite reads them.</summary>
internal sealed class MailInspectCommand : ICommand
{
    public string Name => "mail inspect";

    public string Usage => "FILE… [--json]";

    public string Summary => "shows the parts and main fields of mails, one line of JSON each";

    public bool IsOffline => true;

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not { Count: > 0 } files) return line.Refuse(this, "name at least one file");
        var status = 0;
        foreach (var file in files)
        {
            if (await MailFile.ReadAsync(line, file, ct) is { } content) await line.Out.WriteLineAsync(MimeInspection.ToJson(file, MimeMessage.Parse(content)));
            else status = 1;
        }
        return status;
    }
}
