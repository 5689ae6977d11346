using System.Security.Authentication;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

public sealed class SmtpServerTlsTests
{
    [Fact]
    public async Task After_starttls_everything_said_before_is_forgotten()
    {
        await using var session = NewSession();
        Assert.Contains("250-STARTTLS", await session.HelloAsync(), StringComparison.Ordinal);
        Assert.Equal("220 2.0.0 Go ahead", await session.ExchangeAsync("STARTTLS\r\n"));
        await session.StartTlsAsync();

        Assert.StartsWith("503", await session.ExchangeAsync("MAIL FROM:<a@sender.example>\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("STARTTLS", await session.ExchangeAsync("EHLO again.example\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("502", await session.ExchangeAsync("STARTTLS\r\n"), StringComparison.Ordinal);
        await session.SendAsync("MAIL FROM:<a@sender.example>\r\nRCPT TO:<u@local.test>\r\nDATA\r\n");
        for (var i = 0; i < 3; i++)
            await session.ReadReplyAsync();
        Assert.Equal("250 2.0.0 Stored", await session.ExchangeAsync("secret\r\n.\r\n"));
        Assert.Equal("221 2.0.0 Bye", await session.ExchangeAsync("QUIT\r\n"));

        var peer = Assert.Single(session.Handler.Messages).Envelope.Peer;
        Assert.Equal("again.example", peer.Helo);
        Assert.True(peer.Tls is { Protocol: SslProtocols.Tls12 or SslProtocols.Tls13, CipherSuite.Length: > 0 });
        Assert.Equal(SmtpSessionEnd.Quit, await session.End);
    }

    [Fact]
    public async Task A_command_behind_starttls_in_clear_is_never_run()
    {
        await using var session = NewSession();
        await session.HelloAsync();
        Assert.StartsWith("503 5.5.1", await session.ExchangeAsync("STARTTLS\r\nRSET\r\n"), StringComparison.Ordinal);
        Assert.Equal(SmtpSessionEnd.Refused, await session.HangUpAsync());
    }

    [Fact]
    public async Task Starttls_takes_no_argument_and_no_transaction()
    {
        await using var session = NewSession();
        await session.HelloAsync();
        Assert.StartsWith("501 5.5.4", await session.ExchangeAsync("STARTTLS now\r\n"), StringComparison.Ordinal);
        await session.ExchangeAsync("MAIL FROM:<>\r\n");
        Assert.StartsWith("503 5.5.1", await session.ExchangeAsync("STARTTLS\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_never_shakes_hands_is_left()
    {
        var clock = new FakeClock();
        await using var session = NewSession(clock);
        await session.HelloAsync();
        await session.ExchangeAsync("STARTTLS\r\n");
        await clock.AdvanceUntilAsync(session.End, TimeSpan.FromSeconds(5));
        Assert.Equal(SmtpSessionEnd.ClientLeft, await session.End);
    }

    [Fact]
    public async Task Tls_from_the_first_byte_asks_for_no_starttls()
    {
        await using var session = new SessionUnderTest(o => o with { Tls = SmtpTls.Server(TestCertificate.Value), IsTlsImplicit = true });
        await session.StartTlsAsync();

        Assert.DoesNotContain("STARTTLS", await session.HelloAsync(), StringComparison.Ordinal);
        await session.SendAsync("MAIL FROM:<>\r\nRCPT TO:<u@local.test>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n");
        await session.HangUpAsync();

        Assert.NotNull(Assert.Single(session.Handler.Messages).Envelope.Peer.Tls);
    }

    [Theory]
#pragma warning disable SYSLIB0039, CA5397 // What must not work.
    [InlineData(SslProtocols.Tls)]
    [InlineData(SslProtocols.Tls11)]
#pragma warning restore SYSLIB0039, CA5397
    public async Task Old_tls_is_refused(SslProtocols protocol)
    {
        await using var session = new SessionUnderTest(o => o with { Tls = SmtpTls.Server(TestCertificate.Value), IsTlsImplicit = true });
        await Assert.ThrowsAnyAsync<Exception>(() => session.StartTlsAsync(protocol));
        Assert.Equal(SmtpSessionEnd.ClientLeft, await session.End);
    }

    private static SessionUnderTest NewSession(TimeProvider? time = null) =>
        new(o => o with { Tls = new() { ServerCertificate = TestCertificate.Value } }, time);
}
