using Modular.Mail.Smtp.Client;

namespace Modular.Mail.Tests.Smtp;

public sealed class SmtpConnectionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("banner", "554 5.7.1 not you\r\n", SmtpStage.Greeting, 554)]
    [InlineData("banner", "421 4.3.2 too busy\r\n<close>", SmtpStage.Greeting, 421)]
    [InlineData("banner", "HTTP/1.1 400 Bad Request\r\n\r\n", SmtpStage.Greeting, null)]
    [InlineData("banner", "SSH-2.0-x", SmtpStage.Greeting, null)]
    [InlineData("banner", "<close>", SmtpStage.Greeting, null)]
    [InlineData("banner", "<hang>", SmtpStage.Greeting, null)]
    [InlineData("banner", "999 what\r\n", SmtpStage.Greeting, null)]
    [InlineData("EHLO", "421 4.3.2 bye\r\n<close>", SmtpStage.Hello, 421)]
    [InlineData("EHLO", "250-mx\r\n", SmtpStage.Hello, null)]
    [InlineData("EHLO", "250-mx\r\n550 x\r\n", SmtpStage.Hello, null)]
    [InlineData("EHLO", "", SmtpStage.Hello, null)]
    public async Task A_server_that_does_not_want_us_is_a_fault_of_the_session(string at, string reply, SmtpStage stage, int? code)
    {
        await using var server = ScriptedServer.Polite("PIPELINING", (place, _) => place == at ? reply : null);

        var fault = await Assert.ThrowsAsync<SmtpException>(() => ConnectAsync(server, o => o with
        {
            GreetingTimeout = TimeSpan.FromMilliseconds(200),
            CommandTimeout = TimeSpan.FromMilliseconds(200),
        }));

        Assert.Equal((stage, code), (fault.Stage, fault.Reply?.Code));
    }

    [Theory]
    [InlineData("banner", 10_000_000, "x")]
    [InlineData("EHLO", 100_000, "250-x\r\n")]
    public async Task A_reply_without_end_is_not_listened_to(string at, int times, string text)
    {
        var endless = string.Concat(Enumerable.Repeat(text, times));
        await using var server = ScriptedServer.Polite("PIPELINING", (place, _) => place == at ? (at is "banner" ? "220 " : "") + endless : null);
        await Assert.ThrowsAsync<SmtpException>(() => ConnectAsync(server));
    }

    [Fact]
    public async Task A_server_that_knows_only_helo_gets_its_mail_too()
    {
        await using var server = ScriptedServer.Polite("PIPELINING", (at, _) => at is "EHLO" ? "502 5.5.1 what\r\n" : null);
        await using var connection = await ConnectAsync(server);

        Assert.False(connection.Capabilities.Pipelining);
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(new OutgoingEnvelope("a@b.test", "c@d.test", 5), "hi\r\n"u8.ToArray(), Ct));
        Assert.Equal(["EHLO client.example", "HELO client.example", "MAIL FROM:<a@b.test>", "RCPT TO:<c@d.test>", "DATA"], server.Commands);
    }

    [Fact]
    public async Task What_is_injected_behind_starttls_is_not_believed_and_mail_goes_in_clear_when_that_is_allowed()
    {
        await using var server = ScriptedServer.Polite("STARTTLS", (at, _) => at is "STARTTLS" ? "220 go\r\n250-evil\r\n250 SIZE 1\r\n<close>" : null);
        await using var connection = await ConnectAsync(server, o => o with { Tls = TlsPolicy.Opportunistic });

        Assert.Equal(2, server.Sessions);
        Assert.Null(connection.Tls);
        Assert.Null(connection.Capabilities.MaxMessageBytes);
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(new OutgoingEnvelope("a@b.test", "c@d.test", 5), "hi\r\n"u8.ToArray(), Ct));
    }

    [Theory]
    [InlineData("PIPELINING", null)]
    [InlineData("STARTTLS", "454 4.7.0 not now\r\n")]
    [InlineData("STARTTLS", "220 go\r\n<close>")]
    public async Task Where_tls_is_required_nothing_goes_in_clear(string extensions, string? answer)
    {
        await using var server = ScriptedServer.Polite(extensions, (at, _) => at is "STARTTLS" ? answer : null);

        var fault = await Assert.ThrowsAsync<SmtpException>(() => ConnectAsync(server, o => o with { Tls = TlsPolicy.Required }));

        Assert.Equal(SmtpStage.Tls, fault.Stage);
        Assert.DoesNotContain(server.Commands, c => c.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_reply_to_quit_does_not_matter()
    {
        await using var server = ScriptedServer.Polite("PIPELINING", (at, _) => at is "QUIT" ? ScriptedServer.Close : null);
        await using var connection = await ConnectAsync(server);
        Assert.IsType<SmtpOutcome.Accepted>(await connection.SendAsync(new OutgoingEnvelope("a@b.test", "c@d.test"), "hi\r\n"u8.ToArray(), Ct));
        await connection.QuitAsync(Ct);
    }

    [Fact]
    public async Task Nobody_listening_is_a_fault_of_the_connection()
    {
        System.Net.IPEndPoint gone;
        await using (var server = ScriptedServer.Polite("PIPELINING", (_, _) => null))
            gone = server.EndPoint;
        var options = new SmtpClientOptions { HeloName = "client.example" };
        var fault = await Assert.ThrowsAsync<SmtpException>(() => SmtpConnection.ConnectAsync(gone, options, TimeProvider.System, Ct));
        Assert.Equal(SmtpStage.Connect, fault.Stage);
    }

    [Fact]
    public async Task A_transcript_shows_what_was_said_but_not_the_message()
    {
        var transcript = new SmtpTranscript();
        await using var server = ScriptedServer.Polite("PIPELINING", (at, _) => at is "dot" ? "550-5.7.1 no\r\n550 5.7.1 really\r\n" : null);
        await using var connection = await ConnectAsync(server, o => o with { Transcript = transcript });

        var outcome = Assert.IsType<SmtpOutcome.Refused>(await connection.SendAsync(new OutgoingEnvelope("a@b.test", "c@d.test"), "secret\r\n"u8.ToArray(), Ct));
        await connection.QuitAsync(Ct);

        Assert.Equal("no\nreally", outcome.Reply.Text);
        Assert.Equal(
            """
            S: 220 mx ESMTP
            C: EHLO client.example
            S: 250 mx
            S: PIPELINING
            C: MAIL FROM:<a@b.test>
            C: RCPT TO:<c@d.test>
            C: DATA
            S: 250 2.0.0 ok
            S: 250 2.0.0 ok
            S: 354 go
            C: <8 bytes>
            C: .
            S: 550 5.7.1 no
            S: really
            C: QUIT
            S: 221 2.0.0 bye
            """.ReplaceLineEndings("\n"),
            transcript.ToString());
    }

    [Theory]
    [InlineData("250 ok\r\n", 250, "", "ok")]
    [InlineData("250\r\n", 250, "", "")]
    [InlineData("550 5.1.1 <a@b>: gone\n", 550, "5.1.1", "<a@b>: gone")]
    [InlineData("550-5.1.1 one\r\n550-5.1.1 two\r\n550 5.1.1\r\n", 550, "5.1.1", "one\ntwo\n")]
    [InlineData("550-5.1.1 one\r\n550 5.2.1 two\r\n", 550, "5.1.1", "one\n5.2.1 two")]
    [InlineData("250 caf\u00c3\u00a9\0\t!\r\n", 250, "", "caf\u00e9  !")]
    public void A_reply_is_read_however_it_arrives(string text, int code, string status, string words)
    {
        var bytes = Wire.Bytes(text);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(ReplyStatus.Incomplete, ReplyReader.TryRead(bytes.AsSpan(0, length), out _, out _));
        Assert.Equal(ReplyStatus.Complete, ReplyReader.TryRead(bytes, out var reply, out var consumed));
        Assert.Equal((bytes.Length, code, words), (consumed, reply!.Code, reply.Text));
        Assert.Equal(status, reply.Status == default ? "" : reply.Status.ToString());
    }

    private static Task<SmtpConnection> ConnectAsync(ScriptedServer server, Func<SmtpClientOptions, SmtpClientOptions>? configure = null)
    {
        var options = new SmtpClientOptions { HeloName = "client.example" };
        return SmtpConnection.ConnectAsync(server.EndPoint, configure?.Invoke(options) ?? options, TimeProvider.System, Ct);
    }
}
