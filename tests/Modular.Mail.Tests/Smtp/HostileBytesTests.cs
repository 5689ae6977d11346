using Modular.Mail.Smtp.Client;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

/// <summary>Noise made of pieces of the protocol: nothing may break, and nothing may be stored that was not sent as a message.</summary>
public sealed class HostileBytesTests
{
    private static readonly string[] Pieces =
    [
        "EHLO x\r\n", "HELO ", "MAIL FROM:<a@b.test>", "RCPT TO:<u@local.test>", "RCPT TO:<", "DATA\r\n", "\r\n.\r\n", ".\r\n", "\r\n", "\r", "\n", "\0",
        " SIZE=", "99999999999999999999", " NOTIFY=NEVER,", " ORCPT=;+", "=", "<>", "\"", "\\", "@", ":", ">", "[", "]", "\u00ff\u00fe", "x", "QUIT\r\n", "RSET\r\n",
        "STARTTLS\r\n", "AUTH PLAIN ", "AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9eA==\r\n", "AUTH LOGIN\r\n", "BDAT 7\r\n", "BDAT 0 LAST\r\n", "BDAT ", "*\r\n", "NOOP", "GET / HTTP/1.1\r\n", "\u0016\u0003\u0001",
    ];

    private static readonly SmtpAuthentication Authentication = RecordingHandler.Authentication with { IsRequired = false, MayBeInClear = static _ => true };

    [Fact]
    public async Task No_bytes_break_a_session()
    {
        var random = new Random(19);
        for (var run = 0; run < 3000; run++)
        {
            await using var session = new SessionUnderTest(o => o with { BareLineEnds = (BareLineEnds)(run % 2), Authentication = run % 5 is 0 ? Authentication : null });
            var said = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            await session.SendAsync(run % 3 is 0 ? "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<u@local.test>\r\nDATA\r\n" + said : said);

            var end = await session.HangUpAsync();

            Assert.True(session.Handler.Faults.IsEmpty, $"run {run}: {session.Handler.Faults.FirstOrDefault()}");
            Assert.NotEqual(SmtpSessionEnd.Faulted, end);
            Assert.All(session.Handler.Messages, message => Assert.True(Modular.Mail.Smtp.LineEnds.AreStrict(Wire.Bytes(message.Content))));
            while (await session.ReadReplyAsync() is { } reply)
                Assert.Matches(@"\A[2345]\d\d[ -]", reply);
        }
    }

    [Fact]
    public void No_bytes_break_the_reading_of_replies()
    {
        string[] pieces = ["250", "550", "-", " ", "\r\n", "\n", "\r", "5.1.1", "4.", "x", "\0", "\u00ff", "999", "25"];
        var random = new Random(20);
        for (var run = 0; run < 50_000; run++)
        {
            var bytes = Wire.Bytes(string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => pieces[random.Next(pieces.Length)])));
            var status = ReplyReader.TryRead(bytes, out var reply, out var length);
            Assert.Equal(status is ReplyStatus.Complete, reply is not null);
            if (reply is null)
                continue;
            Assert.InRange(length, 4, bytes.Length);
            Assert.InRange(reply.Code, 200, 599);
            Assert.DoesNotContain(reply.Text, static c => char.IsControl(c) && c is not '\n');
        }
    }
}
