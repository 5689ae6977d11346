using System.Text.RegularExpressions;

namespace Modular.Mail.Tests.Smtp;

/// <summary>Random command sequences against a model of RFC 5321 §4.1.4, RFC 3030 §2 and RFC 4954 §4 that shares no code with the server.</summary>
public sealed partial class SmtpServerModelTests
{
    [Fact]
    public async Task Ten_thousand_random_sequences_are_answered_as_the_model_says()
    {
        var random = new Random(10_000);
        for (var run = 0; run < 10_000; run++)
        {
            await using var session = new SessionUnderTest(o => o with
            {
                MaxErrors = 1000,
                MaxIdleCommands = 1000,
                Authentication = RecordingHandler.Authentication with { IsRequired = false, MaxFailures = 1000, MayBeInClear = static _ => true },
            });
            await session.ReadReplyAsync();
            bool greeted = false, isExtended = false, isSignedIn = false, sender = false, chunks = false;
            int recipients = 0, refused = 0;
            for (var step = random.Next(1, 14); step > 0; step--)
            {
                var command = Vocabulary[random.Next(Vocabulary.Length)];
                var expected = command switch
                {
                    "EHLO c.example" or "HELO c.example" => 250,
                    "MAIL FROM:<a@sender.example>" => !greeted || sender ? 503 : 250,
                    "MAIL FROM:<" => !greeted || sender ? 503 : 501,
                    "RCPT TO:<u@local.test>" => !sender || chunks ? 503 : 250,
                    "RCPT TO:<x@elsewhere.test>" => !sender || chunks ? 503 : 550,
                    "DATA" => chunks ? 503 : recipients > 0 ? 354 : sender && refused > 0 ? 554 : 503,
                    "BDAT 6\r\nQUIT\r\n" or "BDAT 6 LAST\r\nQUIT\r\n" or "BDAT 0 LAST\r\n" => recipients > 0 ? 250 : sender && refused > 0 ? 554 : 503,
                    Right or Wrong => !greeted || sender || isSignedIn || !isExtended ? 503 : command is Right ? 235 : 535,
                    "AUTH" => !greeted || sender || isSignedIn || !isExtended ? 503 : 501,
                    "RSET" or "NOOP" => 250,
                    "VRFY u" => 252,
                    "HELP" => 214,
                    "EXPN u" => 502,
                    _ => 500,
                };
                var reply = await session.ExchangeAsync(command.StartsWith("BDAT", StringComparison.Ordinal) ? command : command + "\r\n");
                Assert.True(reply.StartsWith($"{expected}", StringComparison.Ordinal), $"run {run}: {command} was answered {reply}, expected {expected}");
                if (expected is not 354 && !command.EndsWith("c.example", StringComparison.Ordinal))
                    Assert.Matches(WithEnhancedStatus(), reply);

                switch (command)
                {
                    case "EHLO c.example" or "HELO c.example":
                        (greeted, isExtended, sender, chunks, recipients, refused) = (true, command[0] is 'E', false, false, 0, 0);
                        break;
                    case "RSET":
                        (sender, chunks, recipients, refused) = (false, false, 0, 0);
                        break;
                    case Right when expected is 235:
                        isSignedIn = true;
                        break;
                    case "BDAT 6\r\nQUIT\r\n" when expected is 250:
                        Assert.Equal("250 2.0.0 6 octets received", reply);
                        chunks = true;
                        break;
                    case "BDAT 6 LAST\r\nQUIT\r\n" or "BDAT 0 LAST\r\n" when expected is 250:
                        Assert.Equal("250 2.0.0 Stored", reply);
                        Assert.Equal(recipients, session.Handler.Messages.Last().Envelope.Recipients.Count);
                        (sender, chunks, recipients, refused) = (false, false, 0, 0);
                        break;
                    case "MAIL FROM:<a@sender.example>" when expected is 250:
                        sender = true;
                        break;
                    case "RCPT TO:<u@local.test>" when expected is 250:
                        recipients++;
                        break;
                    case "RCPT TO:<x@elsewhere.test>" when expected is 550:
                        refused++;
                        break;
                    case "DATA" when expected is 354:
                        Assert.Equal("250 2.0.0 Stored", await session.ExchangeAsync("x\r\n.\r\n"));
                        Assert.Equal(recipients, session.Handler.Messages.Last().Envelope.Recipients.Count);
                        (sender, recipients, refused) = (false, 0, 0);
                        break;
                }
            }
        }
    }

    private const string Right = "AUTH PLAIN AGFubgB3b25kZXJsYW5k", Wrong = "AUTH PLAIN AGFubgB3cm9uZw==";

    private static readonly string[] Vocabulary =
    [
        "EHLO c.example", "HELO c.example", "MAIL FROM:<a@sender.example>", "MAIL FROM:<", "RCPT TO:<u@local.test>", "RCPT TO:<x@elsewhere.test>",
        "DATA", "BDAT 6\r\nQUIT\r\n", "BDAT 6 LAST\r\nQUIT\r\n", "BDAT 0 LAST\r\n", "RSET", "NOOP", "VRFY u", "HELP", "EXPN u", "FROB", "", "AUTH", Right, Wrong,
    ];

    [GeneratedRegex(@"^[245]\d\d[ -][245]\.\d{1,3}\.\d{1,3} ")]
    private static partial Regex WithEnhancedStatus();
}
