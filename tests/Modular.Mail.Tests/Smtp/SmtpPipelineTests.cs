using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Client;

namespace Modular.Mail.Tests.Smtp;

public sealed class SmtpPipelineTests
{
    private const string Piped = "PIPELINING,SIZE 1000000,8BITMIME", Plain = "SIZE 1000000";

    private static readonly byte[] Content = "Subject: x\r\n\r\n.hello\r\n"u8.ToArray();

    public static TheoryData<string, string, string> Refusals
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var extensions in new[] { Piped, Plain })
            {
                foreach (var at in new[] { "MAIL", "RCPT", "DATA", "dot" })
                {
                    foreach (var reply in new[] { "450 4.2.1 later\r\n", "550 5.1.1 never\r\n", "550-5.1.1 never\r\n550 5.1.1 ever\r\n", "421 4.3.2 bye\r\n<close>" })
                        data.Add(extensions, at, reply);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_belongs_to_its_message_and_the_session_goes_on_unless_it_is_421(string extensions, string at, string reply)
    {
        await using var server = ScriptedServer.Polite(extensions, (place, count) => place == at && count is 2 ? reply : null);

        var (outcomes, usable) = await SendAsync(server, 3);

        var stage = at switch { "MAIL" => SmtpStage.Sender, "RCPT" => SmtpStage.Recipient, "DATA" => SmtpStage.Data, _ => SmtpStage.Content };
        Assert.IsType<SmtpOutcome.Accepted>(outcomes[0]);
        var refused = Assert.IsType<SmtpOutcome.Refused>(outcomes[1]);
        Assert.Equal((stage, int.Parse(reply[..3], System.Globalization.CultureInfo.InvariantCulture)), (refused.Stage, refused.Reply.Code));
        var closes = reply.StartsWith("421", StringComparison.Ordinal);
        Assert.Equal(!closes, usable);
        if (closes)
            Assert.IsType<SmtpOutcome.NotSent>(outcomes[2]);
        else
            Assert.IsType<SmtpOutcome.Accepted>(outcomes[2]);
        Assert.All(server.Contents, content => Assert.NotEmpty(content.Trim()));
    }

    public static TheoryData<string, string, string> Losses
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var extensions in new[] { Piped, Plain })
            {
                foreach (var at in new[] { "MAIL", "RCPT", "DATA", "dot" })
                {
                    foreach (var reply in new[] { "<close>", "garbage\r\n", "250 2.0.0 o<close>", "250-one\r\n251 two\r\n", "<hang>" })
                        data.Add(extensions, at, reply);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task After_a_lost_connection_only_a_message_behind_its_dot_is_ambiguous(string extensions, string at, string reply)
    {
        await using var server = ScriptedServer.Polite(extensions, (place, count) => place == at && count is 2 ? reply : null);

        var (outcomes, usable) = await SendAsync(server, 3, o => o with
        {
            CommandTimeout = TimeSpan.FromMilliseconds(200),
            DataTimeout = TimeSpan.FromMilliseconds(200),
            FinalDotTimeout = TimeSpan.FromMilliseconds(200),
        });

        Assert.False(usable);
        Assert.IsType<SmtpOutcome.Accepted>(outcomes[0]);
        if (at is "dot")
            Assert.IsType<SmtpOutcome.Ambiguous>(outcomes[1]);
        else
            Assert.IsType<SmtpOutcome.NotSent>(outcomes[1]);
        Assert.IsType<SmtpOutcome.NotSent>(outcomes[2]);
        Assert.Equal(at is "dot" ? 2 : 1, server.Contents.Count);
    }

    [Theory]
    [InlineData(Piped)]
    [InlineData(Plain)]
    public async Task The_dot_is_held_until_the_message_before_is_durable(string extensions)
    {
        await using var server = ScriptedServer.Polite(extensions, (_, _) => null);
        await using var connection = await ConnectAsync(server);
        var pipeline = connection.Pipeline;
        var durable = new TaskCompletionSource();

        Assert.Null((await pipeline.StepAsync(Envelope(1), TestContext.Current.CancellationToken)).Decided);
        await pipeline.TransmitAsync(Content, Task.CompletedTask, TestContext.Current.CancellationToken);
        var second = await pipeline.StepAsync(Envelope(2), TestContext.Current.CancellationToken);
        Assert.IsType<SmtpOutcome.Accepted>(second.Previous);
        Assert.Null(second.Decided);
        var transmitting = pipeline.TransmitAsync(Content, durable.Task, TestContext.Current.CancellationToken).AsTask();
        Assert.False(transmitting.IsCompleted);
        Assert.Single(server.Contents);

        durable.SetResult();
        await transmitting;
        Assert.Single(server.Contents);
        Assert.IsType<SmtpOutcome.Accepted>((await pipeline.StepAsync(null, TestContext.Current.CancellationToken)).Previous);
        Assert.Equal(2, server.Contents.Count);
    }

    [Fact]
    public async Task A_message_whose_predecessor_could_not_be_recorded_never_ends()
    {
        await using var server = ScriptedServer.Polite(Piped, (_, _) => null);
        await using var connection = await ConnectAsync(server);
        var durable = new TaskCompletionSource();
        await connection.Pipeline.StepAsync(Envelope(1), TestContext.Current.CancellationToken);
        var transmitting = connection.Pipeline.TransmitAsync(Content, durable.Task, TestContext.Current.CancellationToken).AsTask();

        durable.SetException(new IOException("database gone"));

        await Assert.ThrowsAsync<IOException>(() => transmitting);
        Assert.False(connection.Pipeline.IsUsable);
        Assert.IsType<SmtpOutcome.NotSent>((await connection.Pipeline.StepAsync(null, TestContext.Current.CancellationToken)).Previous);
        Assert.Empty(server.Contents);
    }

    [Theory]
    [InlineData("421 4.4.2 you took too long\r\n<close>", true)]
    [InlineData("<close>", false)]
    public async Task A_server_that_gives_up_while_the_dot_is_held_does_not_have_the_message(string farewell, bool saysWhy)
    {
        await using var server = ScriptedServer.Polite(Plain, (at, _) => at is "DATA" ? "354 go\r\n" + farewell : null);
        await using var connection = await ConnectAsync(server);
        await connection.Pipeline.StepAsync(Envelope(1), TestContext.Current.CancellationToken);

        await connection.Pipeline.TransmitAsync(Content, new TaskCompletionSource().Task, TestContext.Current.CancellationToken);

        var step = await connection.Pipeline.StepAsync(Envelope(2), TestContext.Current.CancellationToken);
        if (saysWhy)
            Assert.Equal(421, Assert.IsType<SmtpOutcome.Refused>(step.Previous).Reply.Code);
        else
            Assert.IsType<SmtpOutcome.NotSent>(step.Previous);
        Assert.IsType<SmtpOutcome.NotSent>(step.Decided);
    }

    [Fact]
    public async Task A_server_that_waits_for_content_though_no_recipient_stands_gets_a_lone_dot()
    {
        await using var server = ScriptedServer.Polite(Piped, (at, count) => (at, count) switch
        {
            ("RCPT", 1) => "550 5.1.1 no\r\n",
            ("DATA", 1) => "354 go\r\n",
            ("dot", 1) => "554 5.5.1 no valid recipients\r\n",
            _ => null,
        });

        var (outcomes, usable) = await SendAsync(server, 2);

        Assert.Equal(SmtpStage.Recipient, Assert.IsType<SmtpOutcome.Refused>(outcomes[0]).Stage);
        Assert.IsType<SmtpOutcome.Accepted>(outcomes[1]);
        Assert.True(usable);
        Assert.Equal(["", "Subject: x\r\n\r\n..hello\r\n"], server.Contents);
        Assert.DoesNotContain("RSET", server.Commands);
    }

    [Fact]
    public async Task A_server_that_refuses_the_sender_and_takes_the_rest_gets_no_empty_message()
    {
        await using var server = ScriptedServer.Polite(Piped, (at, _) => at switch
        {
            "MAIL" => "550 5.7.1 not you\r\n",
            "RCPT" => "250 2.1.5 ok\r\n",
            "DATA" => "354 go\r\n",
            _ => null,
        });

        var (outcomes, usable) = await SendAsync(server, 1);

        Assert.Equal(SmtpStage.Sender, Assert.IsType<SmtpOutcome.Refused>(outcomes[0]).Stage);
        Assert.False(usable);
        Assert.Empty(server.Contents);
    }

    [Fact]
    public async Task Some_recipients_may_be_refused_and_the_message_goes_to_the_rest()
    {
        await using var server = ScriptedServer.Polite(Piped, (at, count) => at is "RCPT" && count % 2 is 0 ? "550 5.1.1 no\r\n" : null);
        await using var connection = await ConnectAsync(server);
        var envelope = new OutgoingEnvelope("a@sender.example", [.. Enumerable.Range(1, 250).Select(i => $"u{i}@example.test")]);

        var step = await connection.Pipeline.StepAsync(envelope, TestContext.Current.CancellationToken);

        Assert.Null(step.Decided);
        Assert.Equal(250, step.Recipients.Count);
        Assert.All(step.Recipients.Index(), r => Assert.Equal(r.Index % 2 is 0, r.Item.IsPositive));
        await connection.Pipeline.TransmitAsync(Content, Task.CompletedTask, TestContext.Current.CancellationToken);
        Assert.IsType<SmtpOutcome.Accepted>((await connection.Pipeline.StepAsync(null, TestContext.Current.CancellationToken)).Previous);
        Assert.Equal(250, server.Commands.Count(c => c.StartsWith("RCPT", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a\nb\r\n")]
    [InlineData("a\rb\r\n")]
    [InlineData("a\r\n.\r")]
    [InlineData("a\0b\r\n")]
    [InlineData("\n.\n")]
    public async Task Content_that_could_end_a_message_elsewhere_is_never_ended(string content)
    {
        await using var server = ScriptedServer.Polite(Piped, (_, _) => null);
        await using var connection = await ConnectAsync(server);

        var outcome = await connection.SendAsync(Envelope(1), Wire.Bytes(content), TestContext.Current.CancellationToken);

        Assert.IsType<SmtpOutcome.NotSent>(outcome);
        Assert.Empty(server.Contents);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(".", "..\r\n")]
    [InlineData(".\r\n", "..\r\n")]
    [InlineData("a", "a\r\n")]
    [InlineData("a\r\n.\r\n..\r\nb.\r\n", "a\r\n..\r\n...\r\nb.\r\n")]
    [InlineData("\r\n.QUIT\r\n", "\r\n..QUIT\r\n")]
    public void Dots_are_stuffed_however_the_content_is_cut(string content, string wire)
    {
        for (var cut = 0; cut <= content.Length; cut++)
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            var writer = new ContentWriter(output);
            writer.Write(Wire.Bytes(content[..cut]));
            writer.Write(Wire.Bytes(content[cut..]));
            writer.End();
            Assert.True(writer.IsStrict);
            Assert.Equal(wire, Wire.Text(output.WrittenSpan));
        }
    }

    [Fact]
    public async Task What_the_server_cannot_take_is_not_tried()
    {
        await using var server = ScriptedServer.Polite("SIZE 100", (_, _) => null);
        await using var connection = await ConnectAsync(server);

        async Task<EnhancedStatus> TryAsync(OutgoingEnvelope envelope) => Assert.IsType<SmtpOutcome.Unsuited>(
            await connection.SendAsync(envelope, Content, TestContext.Current.CancellationToken)).Status;

        Assert.Equal(EnhancedStatus.Parse("5.3.4"), await TryAsync(Envelope(1) with { SizeBytes = 101 }));
        Assert.Equal(EnhancedStatus.Parse("5.6.3"), await TryAsync(Envelope(1) with { Is8Bit = true }));
        Assert.Equal(EnhancedStatus.Parse("5.6.7"), await TryAsync(new OutgoingEnvelope("a@sender.example", "δ@example.test")));
        Assert.Equal(EnhancedStatus.Parse("5.1.3"), await TryAsync(new OutgoingEnvelope("a@sender.example", "x@y>\r\nRCPT TO:<z@y")));
        Assert.Single(server.Commands);
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(Envelope(1), Content, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_refused_message_is_reset_in_the_group_of_the_next()
    {
        await using var server = ScriptedServer.Polite(Piped, (at, count) => (at, count) switch
        {
            ("RCPT", 1) => "550 5.1.1 no\r\n",
            _ => null,
        });

        var (outcomes, _) = await SendAsync(server, 3);

        Assert.IsType<SmtpOutcome.Refused>(outcomes[0]);
        Assert.IsType<SmtpOutcome.Accepted>(outcomes[1]);
        Assert.IsType<SmtpOutcome.Accepted>(outcomes[2]);
        Assert.Single(server.Commands, "RSET");
    }

    [Fact]
    public async Task A_cancelled_sender_knows_what_it_left_behind()
    {
        await using var server = ScriptedServer.Polite(Piped, (at, count) => at is "dot" ? ScriptedServer.Hang : null);
        await using var connection = await ConnectAsync(server);
        using var stop = new CancellationTokenSource();
        await connection.Pipeline.StepAsync(Envelope(1), stop.Token);
        await connection.Pipeline.TransmitAsync(Content, Task.CompletedTask, stop.Token);
        var stepping = connection.Pipeline.StepAsync(Envelope(2), stop.Token).AsTask();
        while (server.Contents.IsEmpty)
            await Task.Yield();

        await stop.CancelAsync();

        var step = await stepping;
        Assert.IsType<SmtpOutcome.Ambiguous>(step.Previous);
        Assert.IsType<SmtpOutcome.NotSent>(step.Decided);
    }

    [Fact]
    public async Task Cancelled_before_the_dot_means_not_sent()
    {
        await using var server = ScriptedServer.Polite(Piped, (_, _) => null);
        await using var connection = await ConnectAsync(server);
        using var stop = new CancellationTokenSource();
        await connection.Pipeline.StepAsync(Envelope(1), stop.Token);
        await connection.Pipeline.TransmitAsync(Content, Task.CompletedTask, stop.Token);
        await stop.CancelAsync();

        Assert.IsType<SmtpOutcome.NotSent>((await connection.Pipeline.StepAsync(null, stop.Token)).Previous);
        Assert.Empty(server.Contents);
    }

    private static OutgoingEnvelope Envelope(int number) => new("a@sender.example", $"u{number}@example.test", 20);

    private static Task<SmtpConnection> ConnectAsync(ScriptedServer server, Func<SmtpClientOptions, SmtpClientOptions>? configure = null)
    {
        var options = new SmtpClientOptions { HeloName = "client.example" };
        return SmtpConnection.ConnectAsync(server.EndPoint, configure?.Invoke(options) ?? options, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    /// <summary>The sender's loop of the documentation.</summary>
    private static async Task<(SmtpOutcome[] Outcomes, bool Usable)> SendAsync(
        ScriptedServer server, int messages, Func<SmtpClientOptions, SmtpClientOptions>? configure = null)
    {
        await using var connection = await ConnectAsync(server, configure);
        var outcomes = new SmtpOutcome[messages];
        var transmitted = -1;
        for (var i = 0; i <= messages; i++)
        {
            var step = await connection.Pipeline.StepAsync(i < messages ? Envelope(i) : null, TestContext.Current.CancellationToken);
            if (step.Previous is not null)
                outcomes[transmitted] = step.Previous;
            if (i == messages)
                break;
            if (step.Decided is not null)
            {
                outcomes[i] = step.Decided;
                continue;
            }

            await connection.Pipeline.TransmitAsync(Content, Task.CompletedTask, TestContext.Current.CancellationToken);
            transmitted = i;
        }

        return (outcomes, connection.Pipeline.IsUsable);
    }
}
