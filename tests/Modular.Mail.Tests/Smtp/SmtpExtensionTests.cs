using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Client;

namespace Modular.Mail.Tests.Smtp;

/// <summary>What the client says only to servers that offer it, and what it does where they do not.</summary>
public sealed class SmtpExtensionTests
{
    private static readonly byte[] Content = "Subject: x\r\n\r\n.hello\r\n"u8.ToArray();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("DSN", "MAIL FROM:<a@b.test> RET=HDRS ENVID=m+2B1", "RCPT TO:<c@d.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;c@d.test")]
    [InlineData("SIZE", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>")]
    public async Task Wishes_for_reports_are_said_where_they_are_understood(string extensions, string mail, string recipient)
    {
        await using var server = ScriptedServer.Polite(extensions, (_, _) => null);
        await using var connection = await ConnectAsync(server);
        var envelope = new OutgoingEnvelope("a@b.test", "c@d.test")
        {
            Return = DsnReturn.Headers,
            EnvelopeId = Xtext.Encode("m+1"),
            Requests = [new DsnRequest(DsnNotify.Failure | DsnNotify.Delay, "rfc822;" + Xtext.Encode("c@d.test"))],
        };
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(envelope, Content, Ct));
        Assert.Equal([mail, recipient], server.Commands.Skip(1).Take(2));
    }

    [Theory]
    [InlineData("a b\r\nRSET")]
    [InlineData("a=b")]
    [InlineData("ä")]
    [InlineData("")]
    public async Task A_wish_that_cannot_be_said_is_left_out(string raw)
    {
        await using var server = ScriptedServer.Polite("DSN", (_, _) => null);
        await using var connection = await ConnectAsync(server);
        var envelope = new OutgoingEnvelope("a@b.test", "c@d.test") { EnvelopeId = raw, Requests = [new DsnRequest(DsnNotify.Never, raw)] };
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(envelope, Content, Ct));
        Assert.Equal(["MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test> NOTIFY=NEVER"], server.Commands.Skip(1).Take(2));
    }

    [Fact]
    public async Task A_domain_in_unicode_goes_to_every_server_and_a_local_part_only_to_those_that_know_it()
    {
        await using var old = ScriptedServer.Polite("SIZE", (_, _) => null);
        await using var connection = await ConnectAsync(old);
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(new OutgoingEnvelope("a@b.test", "u@bücher.example"), Content, Ct));
        Assert.Contains("RCPT TO:<u@xn--bcher-kva.example>", old.Commands);
        var refused = Assert.IsType<SmtpOutcome.Unsuited>(await connection.SendAsync(new OutgoingEnvelope("a@b.test", "δ@bücher.example"), Content, Ct));
        Assert.Equal("5.6.7", refused.Status.ToString());

        await using var able = ScriptedServer.Polite("SMTPUTF8,8BITMIME", (_, _) => null);
        await using var second = await ConnectAsync(able);
        Assert.IsType<SmtpOutcome.Accepted>(await second.SendAsync(new OutgoingEnvelope("a@b.test", "δ@bücher.example"), Content, Ct));
        Assert.Contains("MAIL FROM:<a@b.test> SMTPUTF8", able.Commands);
        Assert.Contains("RCPT TO:<\u00ce\u00b4@xn--bcher-kva.example>", able.Commands);   // UTF-8, read octet by octet
    }

    [Theory]
    [InlineData("PIPELINING,CHUNKING")]
    [InlineData("CHUNKING")]
    public async Task Large_content_goes_as_a_chunk_whose_end_is_held(string extensions)
    {
        await using var server = ScriptedServer.Polite(extensions, (_, _) => null);
        await using var connection = await ConnectAsync(server, o => o with { ChunkingFromBytes = 10 });
        var durable = new TaskCompletionSource();
        Assert.Null((await connection.Pipeline.StepAsync(Envelope(), Ct)).Decided);
        var transmitting = connection.Pipeline.TransmitAsync(Content, durable.Task, Ct).AsTask();
        while (server.Contents.IsEmpty)
            await Task.Yield();
        Assert.DoesNotContain(server.Commands, c => c.EndsWith("LAST", StringComparison.Ordinal) || c is "DATA");
        Assert.False(transmitting.IsCompleted);

        durable.SetResult();
        await transmitting;
        Assert.IsType<SmtpOutcome.Accepted>((await connection.Pipeline.StepAsync(null, Ct)).Previous);
        Assert.Equal([Wire.Text(Content)], server.Contents);   // no dot is stuffed
        Assert.Equal(["BDAT 22", "BDAT 0 LAST"], server.Commands.Where(c => c.StartsWith("BDAT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_written_bit_by_bit_is_one_chunk_too_and_small_content_none()
    {
        await using var server = ScriptedServer.Polite("PIPELINING,CHUNKING", (_, _) => null);
        await using var connection = await ConnectAsync(server, o => o with { ChunkingFromBytes = 10 });
        await connection.Pipeline.StepAsync(Envelope(), Ct);
        connection.Pipeline.Write("Subject: x\r\n"u8);
        connection.Pipeline.Write("\r\nbye"u8);
        await connection.Pipeline.HoldAsync(Task.CompletedTask, Ct);
        var step = await connection.Pipeline.StepAsync(new OutgoingEnvelope("a@b.test", "c@d.test", 5), Ct);
        Assert.IsType<SmtpOutcome.Accepted>(step.Previous);
        await connection.Pipeline.TransmitAsync(Content, Task.CompletedTask, Ct);
        Assert.IsType<SmtpOutcome.Accepted>((await connection.Pipeline.StepAsync(null, Ct)).Previous);
        Assert.Equal(["Subject: x\r\n\r\nbye\r\n", "Subject: x\r\n\r\n..hello\r\n"], server.Contents);
    }

    [Fact]
    public async Task A_refused_chunk_is_its_messages_refusal_and_the_next_one_begins_with_a_reset()
    {
        await using var server = ScriptedServer.Polite("PIPELINING,CHUNKING", (at, count) => (at, count) switch
        {
            ("BDAT", 1) => "552 5.3.4 too large\r\n",
            ("BDAT", 2) => "503 5.5.1 no\r\n",
            _ => null,
        });
        await using var connection = await ConnectAsync(server, o => o with { ChunkingFromBytes = 10 });
        await connection.Pipeline.StepAsync(Envelope(), Ct);
        await connection.Pipeline.TransmitAsync(Content, Task.CompletedTask, Ct);
        var step = await connection.Pipeline.StepAsync(Envelope(), Ct);
        Assert.Equal(552, Assert.IsType<SmtpOutcome.Refused>(step.Previous).Reply.Code);
        Assert.Null(step.Decided);
        await connection.Pipeline.TransmitAsync(Content, Task.CompletedTask, Ct);
        Assert.IsType<SmtpOutcome.Accepted>((await connection.Pipeline.StepAsync(null, Ct)).Previous);
        Assert.Single(server.Commands, "RSET");
    }

    [Fact]
    public async Task Lmtp_says_of_each_recipient_what_became_of_it()
    {
        await using var server = ScriptedServer.Polite("PIPELINING", (at, count) => (at, count) switch
        {
            ("RCPT", 2) => "550 5.1.1 no\r\n",
            ("dot", _) => "250 2.0.0 ok\r\n452 4.2.2 full\r\n",
            _ => null,
        });
        await using var connection = await ConnectAsync(server, o => o with { Dialect = SmtpDialect.Lmtp });
        Assert.Equal("LHLO client.example", server.Commands.First());
        await connection.Pipeline.StepAsync(new OutgoingEnvelope("a@b.test", ["u1@d.test", "u2@d.test", "u3@d.test"]), Ct);
        await connection.Pipeline.TransmitAsync(Content, Task.CompletedTask, Ct);
        var step = await connection.Pipeline.StepAsync(new OutgoingEnvelope("a@b.test", "u4@d.test"), Ct);
        Assert.IsType<SmtpOutcome.Accepted>(step.Previous);
        Assert.Equal([250, 452], step.PreviousRecipients.Select(r => r.Code));
        Assert.Null(step.Decided);
    }

    [Fact]
    public async Task Lmtp_that_ends_between_two_recipients_leaves_the_second_open()
    {
        await using var server = ScriptedServer.Polite("PIPELINING", (at, _) => at is "dot" ? "250 2.0.0 ok\r\n<close>" : null);
        await using var connection = await ConnectAsync(server, o => o with { Dialect = SmtpDialect.Lmtp });
        await connection.Pipeline.StepAsync(new OutgoingEnvelope("a@b.test", ["u1@d.test", "u2@d.test"]), Ct);
        await connection.Pipeline.TransmitAsync(Content, Task.CompletedTask, Ct);
        var step = await connection.Pipeline.StepAsync(null, Ct);
        Assert.IsType<SmtpOutcome.Ambiguous>(step.Previous);
        Assert.Equal([250], step.PreviousRecipients.Select(r => r.Code));
    }

    [Fact]
    public async Task A_reply_that_trickles_in_has_no_longer_than_one_that_does_not()
    {
        var clock = new FakeClock();
        var (near, far) = Pair();
        await using var _ = far;
        var opening = SmtpConnection.OpenAsync(near, new SmtpClientOptions { HeloName = "c.example" }, clock, Ct);
        for (var minute = 0; minute < 6 && !opening.IsCompleted; minute++)
        {
            await far.WriteAsync("220-still here\r\n"u8.ToArray(), Ct);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(SmtpStage.Greeting, (await Assert.ThrowsAsync<SmtpException>(() => opening)).Stage);
    }

    private static (Stream Near, Stream Far) Pair()
    {
        var (there, back) = (new System.IO.Pipelines.Pipe(), new System.IO.Pipelines.Pipe());
        return (new DuplexStream(back.Reader.AsStream(), there.Writer.AsStream()), new DuplexStream(there.Reader.AsStream(), back.Writer.AsStream()));
    }

    private static OutgoingEnvelope Envelope() => new("a@b.test", "c@d.test", Content.Length);

    private static Task<SmtpConnection> ConnectAsync(ScriptedServer server, Func<SmtpClientOptions, SmtpClientOptions>? configure = null)
    {
        var options = new SmtpClientOptions { HeloName = "client.example" };
        return SmtpConnection.ConnectAsync(server.EndPoint, configure?.Invoke(options) ?? options, TimeProvider.System, Ct);
    }

    private sealed class DuplexStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            input.Dispose();
            output.Dispose();
            base.Dispose(disposing);
        }
    }
}
