using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Modular.Delivery.Outbound;
using Modular.Delivery.Queue;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Client;
using Modular.Mail.Tests;
using Modular.Mail.Tests.Smtp;

namespace Modular.Delivery.Tests.Outbound;

/// <summary>From what a server says to what the ledger says.</summary>
public sealed partial class VerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly EmailAddress To = EmailAddress.Parse("u@local.test");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_scenario_that_others_wrote_ends_as_it_should()
    {
        var failures = new List<string>();
        var played = 0;
        foreach (var scenario in File.ReadLines(Path.Combine(Corpus.Folder("smtp"), "labels.jsonl")).Select(line => JsonDocument.Parse(line).RootElement))
        {
            if (scenario.GetProperty("kind").GetString() is not "smtp-client") continue;
            played++;
            var outcome = await PlayAsync(scenario);
            var isRight = scenario.GetProperty("want").GetString() switch
            {
                "delivered" => outcome.State is DeliveryState.Delivered,
                "hard-bounce" => outcome is { State: DeliveryState.Bounced, IsHard: true },
                "block-not-hard-bounce" or "soft-bounce" => outcome is { State: DeliveryState.Bounced or DeliveryState.Deferred, IsHard: false },
                "bounce" => outcome.State is DeliveryState.Bounced,
                "retry-soon" or "retry-later" => outcome is { State: DeliveryState.Deferred, IsAmbiguous: false, DueAt: not null },
                "ambiguous" => outcome is { State: DeliveryState.Deferred, IsAmbiguous: true },
                "not-hard-bounce" => outcome is { IsHard: false },
                "no-crash" or "injected-ignored" => true,
                var other => throw new InvalidOperationException($"The corpus wants '{other}', and this test does not know what that is."),
            };
            if (!isRight) failures.Add($"{scenario.GetProperty("id")}: wants {scenario.GetProperty("want")}, got {outcome.State}, hard: {outcome.IsHard}, {outcome.Words}");
        }
        Assert.Empty(failures);
        Assert.True(played >= 15, $"only {played} scenarios");
    }

    [Theory]
    [InlineData(SmtpStage.Recipient, 452, "4.5.3", "Too many recipients", DeliveryState.Deferred)]
    [InlineData(SmtpStage.Recipient, 552, "", "Too many recipients", DeliveryState.Deferred)]
    [InlineData(SmtpStage.Recipient, 552, "5.5.3", "Enough", DeliveryState.Deferred)]
    [InlineData(SmtpStage.Recipient, 552, "5.2.2", "Mailbox full", DeliveryState.Bounced)]
    [InlineData(SmtpStage.Content, 552, "5.3.4", "Too large, too many bytes", DeliveryState.Bounced)]
    [InlineData(SmtpStage.Greeting, 554, "5.7.1", "Not you", DeliveryState.Bounced)]
    [InlineData(SmtpStage.Content, 421, "4.7.0", "Later", DeliveryState.Deferred)]
    public void The_first_digit_decides_except_where_a_server_only_has_enough(SmtpStage stage, int code, string status, string text, DeliveryState expected)
    {
        var reply = new SmtpReply(code, status.Length > 0 ? EnhancedStatus.Parse(status) : default, text);
        Assert.Equal(expected, Judge(new SmtpOutcome.Refused(stage, reply)).State);
    }

    [Theory]
    [InlineData("550 5.1.1 <recipient>: Recipient address rejected: User unknown in virtual mailbox table", true)]
    [InlineData("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", true)]
    [InlineData("550 No such user here", true)]
    [InlineData("550 5.7.1 Service unavailable; client host blocked using a block list", false)]
    [InlineData("554 5.7.1 Message rejected as spam", false)]
    [InlineData("552 5.2.2 The mailbox is over its quota", false)]
    [InlineData("550 5.7.26 This mail is unauthenticated", false)]
    [InlineData("500 5.3.0 Error: command failed", false)]
    [InlineData("550 what", false)]
    public void An_address_is_dead_only_when_that_is_what_the_words_say(string said, bool isHard)
    {
        var code = int.Parse(said[..3], CultureInfo.InvariantCulture);
        var hasStatus = EnhancedStatus.TryReadPrefix(said.AsSpan(4), out var status, out var length);
        Assert.Equal(isHard, HardBounce.Is(new SmtpReply(code, status, hasStatus ? said[(4 + length)..].TrimStart() : said[4..])));
    }

    [Fact]
    public void A_question_left_open_is_tried_again_and_never_a_bounce()
    {
        var lost = new SmtpOutcome.Ambiguous(new SmtpException(SmtpStage.Content, "gone"));
        Assert.Equal((DeliveryState.Deferred, true), (Judge(lost).State, Judge(lost).IsAmbiguous));
        var last = Judge(lost, queuedAt: Now - TimeSpan.FromDays(30), attempts: 50);
        Assert.Equal((DeliveryState.GivenUp, true, false), (last.State, last.IsAmbiguous, last.IsHard));
    }

    private static async Task<Outcome> PlayAsync(JsonElement scenario)
    {
        var script = scenario.GetProperty("server_script").EnumerateArray().ToDictionary(s => s.GetProperty("at").GetString()!, s => Unfold(s.GetProperty("reply").GetString()!));
        await using var server = ScriptedServer.Polite("SIZE", (at, _) => script.GetValueOrDefault(at));
        try
        {
            var patience = TimeSpan.FromSeconds(5);
            var options = new SmtpClientOptions { HeloName = "c.example", FinalDotTimeout = patience, CommandTimeout = patience, GreetingTimeout = patience };
            await using var connection = await SmtpConnection.ConnectAsync(server.EndPoint, options, TimeProvider.System, Ct);
            var content = Wire.Bytes("Subject: t\r\n\r\n" + string.Concat(Enumerable.Repeat("hello\r\n", 100)));
            return Judge(await connection.SendAsync(new OutgoingEnvelope("a@sender.example", "u@local.test", content.Length), content, Ct));
        }
        catch (SmtpException fault)
        {
            return new Verdict(new RetrySchedule()).Unreached(Message(Now, 0), fault.Message, "far", Now, 0.5);
        }
    }

    private static Outcome Judge(SmtpOutcome outcome, DateTimeOffset? queuedAt = null, int attempts = 0) =>
        new Verdict(new RetrySchedule()).Of(Message(queuedAt ?? Now, attempts), outcome, "far", To, TimeSpan.Zero, Now, 0.5);

    private static Claimed Message(DateTimeOffset queuedAt, int attempts) => new()
    {
        Queue = null!, // no queue is asked for a verdict
        Claim = new Claim(1, 1),
        RecipientId = 1,
        CampaignId = 1,
        ContactId = 1,
        Email = default,
        Domain = To.Domain,
        QueuedAt = queuedAt,
        Attempts = attempts,
        State = DeliveryState.Queued,
    };

    private static string Unfold(string reply)
    {
        var match = Repeated().Match(reply);
        return match.Success
            ? string.Concat(Enumerable.Repeat(match.Groups[2].Value, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))) + match.Groups[3].Value
            : reply;
    }

    [GeneratedRegex(@"^<repeat (\d+)>([^\n]*?(?:\r\n|$))(.*)$", RegexOptions.Singleline)]
    private static partial Regex Repeated();
}
