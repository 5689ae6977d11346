using System.Text.RegularExpressions;

namespace Modular.Mail.Tests.Smtp;

/// <summary>Random command sequences against a model of RFC 5321 §4.1.4 that shares no code with the server.</summary>
public sealed partial class SmtpServerModelTests
{
    [Fact]
    public async Task Ten_thousand_random_sequences_are_answered_as_the_model_says()
    {
        var random = new Random(10_000);
        for (var run = 0; run < 10_000; run++)
        {
            await using var session = new SessionUnderTest(o => o with { MaxErrors = 1000, MaxIdleCommands = 1000 });
            await session.ReadReplyAsync();
            bool greeted = false, sender = false;
            int recipients = 0, refused = 0;
            for (var step = random.Next(1, 14); step > 0; step--)
            {
                var command = Vocabulary[random.Next(Vocabulary.Length)];
                var expected = command switch
                {
                    "EHLO c.example" or "HELO c.example" => 250,
                    "MAIL FROM:<a@sender.example>" => !greeted || sender ? 503 : 250,
                    "MAIL FROM:<" => !greeted || sender ? 503 : 501,
                    "RCPT TO:<u@local.test>" => !sender ? 503 : 250,
                    "RCPT TO:<x@elsewhere.test>" => !sender ? 503 : 550,
                    "DATA" => recipients > 0 ? 354 : sender && refused > 0 ? 554 : 503,
                    "RSET" or "NOOP" => 250,
                    "VRFY u" => 252,
                    "HELP" => 214,
                    "EXPN u" => 502,
                    _ => 500,
                };
                var reply = await session.ExchangeAsync(command + "\r\n");
                Assert.True(reply.StartsWith($"{expected}", StringComparison.Ordinal), $"run {run}: {command} was answered {reply}, expected {expected}");
                if (expected is not 354 && !command.EndsWith("c.example", StringComparison.Ordinal))
                    Assert.Matches(WithEnhancedStatus(), reply);

                switch (command)
                {
                    case "EHLO c.example" or "HELO c.example":
                        (greeted, sender, recipients, refused) = (true, false, 0, 0);
                        break;
                    case "RSET":
                        (sender, recipients, refused) = (false, 0, 0);
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

    private static readonly string[] Vocabulary =
    [
        "EHLO c.example", "HELO c.example", "MAIL FROM:<a@sender.example>", "MAIL FROM:<", "RCPT TO:<u@local.test>", "RCPT TO:<x@elsewhere.test>",
        "DATA", "RSET", "NOOP", "VRFY u", "HELP", "EXPN u", "FROB", "",
    ];

    [GeneratedRegex(@"^[245]\d\d[ -][245]\.\d{1,3}\.\d{1,3} ")]
    private static partial Regex WithEnhancedStatus();
}
