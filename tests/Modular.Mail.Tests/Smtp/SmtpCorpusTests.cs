using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Client;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

/// <summary>Scenarios that others wrote, those that every server and client must pass, and those they should.</summary>
public sealed partial class SmtpCorpusTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BareLineEnds.Normalise)]
    [InlineData(BareLineEnds.Refuse)]
    public async Task The_server_behaves_as_it_must_and_should(BareLineEnds mode)
    {
        var failures = new List<string>();
        var played = 0;
        foreach (var scenario in AllScenarios().Where(s => s.Has("steps") && !NeedsMore(s) && !s.GetProperty("kind").GetString()!.Contains("outbound", StringComparison.Ordinal)))
        {
            played++;
            if (await PlayAsync(scenario, mode) is { } failure)
                failures.Add($"{scenario.GetProperty("id")}: {failure}");
        }

        Assert.Empty(failures);
        Assert.True(played > 40, $"only {played} scenarios");
    }

    [Fact]
    public async Task The_client_draws_the_right_conclusion()
    {
        var failures = new List<string>();
        foreach (var scenario in AllScenarios().Where(s => s.Has("server_script")))
        {
            var outcome = await SendAsync(scenario);
            var isRight = scenario.GetProperty("want").GetString() switch
            {
                "delivered" => outcome is SmtpOutcome.Accepted,
                "hard-bounce" => outcome is SmtpOutcome.Refused { Reply: { IsPermanent: true, Status: { Class: 5, Subject: 1 } } },
                "block-not-hard-bounce" => outcome is SmtpOutcome.Refused { Reply.Status: { Class: 5, Subject: 7 } },
                "soft-bounce" => outcome is SmtpOutcome.Refused { Reply.Status: { Subject: 2, Detail: 2 } },
                "bounce" => outcome is SmtpOutcome.Refused { Reply.IsPermanent: true },
                "retry-soon" => outcome is SmtpOutcome.Refused { Reply.IsTransient: true },
                "retry-later" => outcome is SmtpOutcome.NotSent or SmtpOutcome.Refused { Reply.IsTransient: true },
                "not-hard-bounce" => outcome is not SmtpOutcome.Refused { Stage: SmtpStage.Recipient },
                "ambiguous" => outcome is SmtpOutcome.Ambiguous,
                "no-crash" or "injected-ignored" => true,
                var other => throw new InvalidOperationException($"The corpus wants '{other}', and this test does not know what that is."),
            };
            if (!isRight)
                failures.Add($"{scenario.GetProperty("id")}: wants {scenario.GetProperty("want")}, got {outcome}");
        }

        Assert.Empty(failures);
    }

    [Fact]
    public async Task The_client_smuggles_nothing_out()
    {
        foreach (var scenario in Scenarios().Where(s => s.GetProperty("kind").GetString() is "smtp-smuggling-outbound"))
        {
            var body = scenario.GetProperty("steps")[0].GetProperty("outbound_body").GetString()!;
            await using var server = ScriptedServer.Polite("PIPELINING", (_, _) => null);
            await using var connection = await SmtpConnection.ConnectAsync(
                server.EndPoint, new SmtpClientOptions { HeloName = "c.example" }, TimeProvider.System, Ct);
            var content = Wire.Bytes("Subject: t\r\n\r\n" + body);

            var outcome = await connection.SendAsync(new OutgoingEnvelope("a@sender.example", "u@local.test"), content, Ct);

            Assert.Equal(LineEnds.AreStrict(content) && !content.Contains((byte)0) ? 1 : 0, server.Contents.Count);
            Assert.True(outcome is SmtpOutcome.Accepted or SmtpOutcome.NotSent);
            Assert.DoesNotContain("MAIL FROM:<admin@sender.example>", server.Commands);
        }
    }

    private static IEnumerable<JsonElement> AllScenarios() =>
        File.ReadLines(Path.Combine(Corpus.Folder("smtp"), "labels.jsonl")).Select(line => JsonDocument.Parse(line).RootElement);

    private static IEnumerable<JsonElement> Scenarios() =>
        AllScenarios()
            .Where(s => !s.Has("level") || s.GetProperty("level").GetString() is "must");

    private static async Task<string?> PlayAsync(JsonElement scenario, BareLineEnds mode)
    {
        var isTls = scenario.GetProperty("steps")[0].Has("tls_port");   // submission, with TLS from the first byte
        await using var session = new SessionUnderTest(o => o with
        {
            BareLineEnds = mode,
            Tls = SmtpTls.Server(TestCertificate.Value),
            IsTlsImplicit = isTls,
            Authentication = isTls ? RecordingHandler.Authentication : null,
        });
        if (isTls)
            await session.StartTlsAsync();
        foreach (var step in scenario.GetProperty("steps").EnumerateArray())
        {
            if (step.Has("send"))
                await session.SendAsync(step.GetProperty("send").GetString()!.Replace("{SIZE+1}", "100001", StringComparison.Ordinal));
            else if (step.Has("send_utf8"))
                await session.SendAsync(Wire.Text(Encoding.UTF8.GetBytes(step.GetProperty("send_utf8").GetString()!)));
            else if (step.Has("send_b64"))
                await session.SendAsync(Wire.Text(step.GetProperty("send_b64").GetBytesFromBase64()));
            else if (step.Has("send_repeat"))
                await session.SendAsync(Repeat(step));
            else if (step.Has("generator"))
                await session.SendAsync(Generate(step));
            else if (step.Has("tls"))
                await session.StartTlsAsync();
            else if (step.Has("repeat"))
            {
                if (await RepeatAsync(session, step) is { } wrong)
                    return wrong;
                break;
            }
            else if (step.Has("close"))
                break;
            else if (step.Has("expect") && await MissesAsync(session, step) is { } miss)
                return miss;
        }

        await session.HangUpAsync();
        return Judge(scenario, session.Handler);
    }

    /// <summary>Minutes, or hundreds of clients: <see cref="SmtpServerLimitsTests"/> has the same with a clock of its own.</summary>
    private static bool NeedsMore(JsonElement scenario) => scenario.GetProperty("steps").EnumerateArray().Any(step => step.Has("send_slow") || step.Has("open"));

    private static async Task<string?> RepeatAsync(SessionUnderTest session, JsonElement step)
    {
        for (var i = 0; i < step.GetProperty("repeat").GetInt32(); i++)
        {
            foreach (var inner in step.GetProperty("steps").EnumerateArray())
            {
                if (inner.Has("send"))
                    await session.SendAsync(inner.GetProperty("send").GetString()!);
                else if (await MissesAsync(session, inner) is { } miss)
                    return step.Has("until_close") && session.End.IsCompleted ? null : miss;
            }
        }

        return step.Has("until_close") ? "never closed" : null;
    }

    private static async Task<string?> MissesAsync(SessionUnderTest session, JsonElement step)
    {
        var reply = await session.ReadReplyAsync() ?? "closed";
        if (!step.GetProperty("expect").EnumerateArray().Any(code => reply.StartsWith(code.GetString()!, StringComparison.Ordinal)))
            return $"expected {step.GetProperty("expect")}, got {reply}";
        if (step.Has("has") && !reply.Contains(step.GetProperty("has").GetString()!, StringComparison.Ordinal))
            return $"no {step.GetProperty("has")} in {reply}";
        if (step.Has("has_not") && reply.Contains(step.GetProperty("has_not").GetString()!, StringComparison.Ordinal))
            return $"{step.GetProperty("has_not")} in {reply}";
        return step.Has("check") && !MultiLine().IsMatch(reply) ? $"not well formed: {reply}" : null;
    }

    private static string? Judge(JsonElement scenario, RecordingHandler handler)
    {
        var delivered = scenario.GetProperty("delivered");
        var isRight = delivered.ValueKind switch
        {
            JsonValueKind.Number => delivered.GetInt32() == handler.Messages.Count,
            JsonValueKind.Array => delivered.EnumerateArray().Any(n => n.GetInt32() == handler.Messages.Count),
            _ => true,
        };
        if (!isRight)
            return $"{handler.Messages.Count} messages delivered";
        if (scenario.Has("forbidden_recipient")
            && handler.Messages.Any(m => m.Envelope.Recipients.Any(r => r.Path.ToString() == scenario.GetProperty("forbidden_recipient").GetString())))
            return "the smuggled message was delivered";
        if (scenario.Has("body_equals") && handler.Messages.Single().Content.Split("\r\n\r\n", 2)[1] != scenario.GetProperty("body_equals").GetString())
            return "the body has changed";
        return handler.Faults.IsEmpty ? null : handler.Faults.First().ToString();
    }

    private static string Repeat(JsonElement step)
    {
        var what = step.GetProperty("send_repeat");
        return (step.Has("before") ? step.GetProperty("before").GetString() : "")
            + string.Concat(Enumerable.Repeat(what[0].GetString(), what[1].GetInt32()))
            + (step.Has("after") ? step.GetProperty("after").GetString() : "");
    }

    private static string Generate(JsonElement step)
    {
        switch (step.GetProperty("generator").GetString())
        {
            case "nested-multipart":
                var text = new StringBuilder();
                for (var i = 0; i < step.GetProperty("depth").GetInt32(); i++)
                    text.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n");
                return text.Append(".\r\n").ToString();
            case "body-of":
                return "Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", 1010)) + ".\r\n";
            case var other:
                throw new InvalidOperationException($"The corpus wants '{other}' generated, and this test does not know what that is.");
        }
    }

    private static async Task<SmtpOutcome> SendAsync(JsonElement scenario)
    {
        var script = scenario.GetProperty("server_script").EnumerateArray()
            .ToDictionary(s => s.GetProperty("at").GetString()!, s => Unfold(s.GetProperty("reply").GetString()!));
        await using var server = ScriptedServer.Polite("SIZE", (at, _) => script.GetValueOrDefault(at));
        try
        {
            var options = new SmtpClientOptions { HeloName = "c.example", FinalDotTimeout = TimeSpan.FromSeconds(2), CommandTimeout = TimeSpan.FromSeconds(2), GreetingTimeout = TimeSpan.FromSeconds(2) };
            await using var connection = await SmtpConnection.ConnectAsync(server.EndPoint, options, TimeProvider.System, Ct);
            var content = Wire.Bytes("Subject: t\r\n\r\n" + string.Concat(Enumerable.Repeat("hello\r\n", 100)));
            var outcome = await connection.SendAsync(new OutgoingEnvelope("a@sender.example", "u@local.test", content.Length), content, Ct);
            await connection.QuitAsync(Ct);
            return outcome;
        }
        catch (SmtpException fault)
        {
            return new SmtpOutcome.NotSent(fault);
        }
    }

    private static string Unfold(string reply)
    {
        var match = Repeated().Match(reply);
        return match.Success
            ? string.Concat(Enumerable.Repeat(match.Groups[2].Value, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))) + match.Groups[3].Value
            : reply;
    }

    [GeneratedRegex(@"^<repeat (\d+)>([^\n]*?(?:\r\n|$))(.*)$", RegexOptions.Singleline)]
    private static partial Regex Repeated();

    [GeneratedRegex(@"^(250-.{0,506}\n)*250 .{0,506}$")]
    private static partial Regex MultiLine();
}

internal static class JsonElementExtensions
{
    public static bool Has(this JsonElement element, string name) => element.TryGetProperty(name, out _);
}
