using System.Buffers;
using System.Text;
using Modular.Mail.Mime;

namespace Modular.Fuzz.Targets;

/// <summary>The MIME parser, and the readers of what header fields hold.</summary>
internal static class MimeTargets
{
    private const int BlockBytes = 100;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("mime", () => Seeds.Mail("mime", "bounces", "arf"), ReadMail),
        new("mime-blocks", () => Seeds.Mail("mime"), ReadInBlocks),
        new("mime-written", () => Seeds.Mail("mime"), WriteAgain),
        new("encoded-words", () => Seeds.Values(["=?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?utf-8?B?8J+Ygg==?=", "=?iso-2022-jp?B?GyRCRnxLXBsoQg==?="], "Subject", "From"), input => EncodedWordReader.Decode(Text(input))),
        new("addresses", () => Seeds.Values(["\"Ann, B.\" <@a,@b:ann@example.org>, team: x@example.org, y (why) ;"], "From", "To", "Cc", "Reply-To", "Sender"), ReadAddresses),
        new("dates", () => Seeds.Values(["Thu, 01 Jan 2026 10:00:00 +0100 (CET)", "22-Nov-26 08:00 EST"], "Date"), input => MailDate.TryParse(Text(input), out _)),
        new("parameters", () => Seeds.Values(["attachment; filename*0*=UTF-8''%E6%97%A5; filename*1=\".pdf\"", "text/plain; charset=\"a\\\"b\""], "Content-Type", "Content-Disposition"), ReadParameters),
    ];

    private static void ReadMail(byte[] input)
    {
        var message = MimeMessage.Parse(input);
        MimeInspection.ToJson("fuzz", message);
        foreach (var part in message.Body.Leaves())
            Expect.That(part.DecodeBody().Length <= part.RawBody.Length, "a body has grown when it was decoded");
    }

    /// <summary>Octets in blocks read as the same octets in one piece.</summary>
    private static void ReadInBlocks(byte[] input)
    {
        var whole = MimeInspection.ToJson("", MimeMessage.Parse(input));
        Expect.That(MimeInspection.ToJson("", MimeMessage.Parse(Blocks.Of(input, BlockBytes))) == whole, "blocks are read differently");
    }

    /// <summary>What was parsed and not changed is written as it came; with a field in front it reads the same otherwise.</summary>
    private static void WriteAgain(byte[] input)
    {
        var message = MimeMessage.Parse(input);
        var output = new ArrayBufferWriter<byte>();
        message.WriteTo(output);
        Expect.That(input.AsSpan().EndsWith(output.WrittenSpan), "what was not changed is written differently");
        message.With(message.Headers.Prepend(HeaderLine.Text("X-Seen", HeaderText.Create("yes")))).WriteTo(output);
    }

    private static void ReadAddresses(byte[] input)
    {
        foreach (var mailbox in AddressList.Parse(Text(input)))
        {
            HeaderLine.Mailboxes("To", mailbox);
            Expect.That(!mailbox.ToString().AsSpan().ContainsAny('\r', '\n'), "a mailbox holds a line break");
        }
    }

    private static void ReadParameters(byte[] input)
    {
        ContentType.Parse(Text(input));
        ParameterList.Parse(Text(input));
    }

    private static string Text(byte[] input) => Encoding.UTF8.GetString(input);
}
