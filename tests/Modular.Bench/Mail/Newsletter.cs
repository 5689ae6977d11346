using System.Buffers;
using System.Text;
using Modular.Mail.Mime;

namespace Modular.Bench.Mail;

/// <summary>One recipient's newsletter: 12 KB of HTML and 1.5 KB of text, as a campaign sends them.</summary>
internal sealed class Newsletter
{
    private readonly MimeWriter writer = new(new MimeTemplate
    {
        From = MailboxAddress.Create("news@acme.example", HeaderText.Create("Acme Über News")),
        ReplyTo = MailboxAddress.Create("office@acme.example"),
        Headers =
        [
            HeaderLine.Structured("List-Unsubscribe-Post", HeaderText.Create("List-Unsubscribe=One-Click")),
            HeaderLine.Structured("List-Id", HeaderText.Create("<weekly.acme.example>")),
            HeaderLine.Structured("Feedback-ID", HeaderText.Create("c17:acme:campaign:modular")),
        ],
    });

    private readonly MailboxAddress to = MailboxAddress.Create("ann.smith@example.org", HeaderText.Create("Ann Smith"));
    private readonly byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Hello Ann, the autumn sale begins on Friday; see https://acme.example/c/abcdefgh.\n", 19)));
    private readonly byte[] html = MakeHtml();

    /// <summary>Writes what a sender does per message, its one own header line included.</summary>
    public MimeLayout Write(IBufferWriter<byte> output) => writer.Write(
        new MimeContent
        {
            To = to,
            Subject = HeaderText.Create("Ann, your grüne Woche begins"),
            Date = DateTimeOffset.UnixEpoch,
            MessageId = MessageId.Create("7f3a.c17@acme.example"),
            Headers = new[] { HeaderLine.Structured("List-Unsubscribe", HeaderText.Create("<https://acme.example/u/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>, <mailto:u-aaaaaaaa@acme.example>")) },
            Text = text,
            Html = html,
        },
        output);

    private static byte[] MakeHtml()
    {
        var page = new StringBuilder("<html><body style=\"margin:0;padding:0\">\n");
        for (var i = 0; page.Length < 12 * 1024; i++)
            page.Append("  <tr><td style=\"padding:8px;color:#333333\" align=\"left\"><a href=\"https://acme.example/c/0123456789abcdef\">Offer of the week</a> for Zoë, only today</td></tr>\n");
        return Encoding.UTF8.GetBytes(page.Append("</body></html>\n").ToString());
    }
}
