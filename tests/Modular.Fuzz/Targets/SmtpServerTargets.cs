using System.Buffers;
using Modular.Mail.Smtp.Server;

namespace Modular.Fuzz.Targets;

/// <summary>What strangers say to our SMTP server before anybody knows who they are.</summary>
internal static class SmtpServerTargets
{
    private const int MaxLineBytes = 512, MaxMessageBytes = 10 << 20;

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("commands", () => Seeds.Texts(
            "EHLO [127.0.0.1]\r\n", "MAIL FROM:<a@b.example> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=QQ314159 AUTH=<>\r\n", "mail from:<@relay.example:\"a b\"@c.example> SMTPUTF8\r\n",
            "RCPT TO:<Postmaster>\r\n", "RCPT TO:<b+x@[IPv6:::1]> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b+2Bx@c.example\r\n", "BDAT 86 LAST\r\n", "NO\rOP\r\n", "VRFY <x>\n"), ReadCommands),
        new("proxy", () => [.. Seeds.Texts("PROXY TCP4 192.0.2.1 198.51.100.2 56324 25\r\nEHLO x\r\n", "PROXY UNKNOWN\r\n"), [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 2, 220, 4, 0, 25]], ReadProxy),
        new("sasl", () => Seeds.Texts("\0user\0pencil", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", "y,a=user,n=user,r=abc", "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="), ReadSasl),
    ];

    private static void ReadCommands(byte[] input)
    {
        var buffer = new ReadOnlySequence<byte>(input);
        while (!buffer.IsEmpty)
        {
            var before = buffer.Length;
            if (LineReader.TryRead(ref buffer, MaxLineBytes, out var line) is not LineStatus.Complete)
                return;
            Expect.That(buffer.Length < before && line.Length <= MaxLineBytes, "a line that is none");
            var command = SmtpCommand.Parse(line.ToArray());
            CommandArguments.ReadMail(command.Argument, MaxMessageBytes, offersAuth: true, out _, out _);
            var refusal = CommandArguments.ReadRecipient(command.Argument, isUtf8: true, out var recipient);
            Expect.That(refusal is null == recipient is not null, "a recipient with a refusal, or neither");
            if (CommandArguments.TryReadChunk(command.Argument, out var bytes, out _))
                Expect.That(bytes >= 0, "a chunk of less than nothing");
        }
    }

    private static void ReadProxy(byte[] input)
    {
        var buffer = new ReadOnlySequence<byte>(input);
        var status = ProxyHeader.TryRead(ref buffer, out var client);
        Expect.That(status is ProxyStatus.Complete || client is null, "a client of a header that is not there");
        Expect.That(status is ProxyStatus.Complete || buffer.Length == input.Length, "bytes taken of a header that is not there");
    }

    private static void ReadSasl(byte[] input)
    {
        if (SaslPlain.TryRead(input, out var name, out _))
            Expect.That(name.Length > 0, "a user without a name");
        ScramExchange.TryBegin(input, "3rfcNHYJY1ZVvWVs7j")?.Finish(input);
    }
}
