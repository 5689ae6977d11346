using System.Net;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

/// <summary>How the server treats those who misbehave.</summary>
public sealed class SmtpServerMannersTests
{
    [Fact]
    public async Task Who_speaks_before_the_greeting_is_shown_the_door()
    {
        await using var session = new SessionUnderTest(o => o with { GreetingDelay = TimeSpan.FromMinutes(1) }, new FakeClock());
        await session.SendAsync("EHLO client.example\r\n");
        Assert.Equal("554 5.5.0 You spoke before the greeting, closing", await session.ReadReplyAsync());
        Assert.Equal(SmtpSessionEnd.Refused, await session.HangUpAsync());
    }

    [Fact]
    public async Task Who_waits_for_the_greeting_gets_it()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(o => o with { GreetingDelay = TimeSpan.FromMinutes(1) }, clock);
        var greeting = session.ReadReplyAsync();
        await clock.AdvanceUntilAsync(greeting, TimeSpan.FromSeconds(10));
        Assert.Equal("220 mx.local.test ESMTP", await greeting);
        Assert.StartsWith("250-", await session.ExchangeAsync("EHLO client.example\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_replies_to_one_who_errs_on_and_on_come_late()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(o => o with { TarpitAfterErrors = 3, TarpitDelay = TimeSpan.FromSeconds(20) }, clock);
        await session.HelloAsync();
        for (var i = 0; i < 3; i++)
            Assert.StartsWith("500", await session.ExchangeAsync("FROB\r\n"), StringComparison.Ordinal);

        var start = clock.GetTimestamp();
        var reply = session.ExchangeAsync("FROB\r\n");
        await clock.AdvanceUntilAsync(reply, TimeSpan.FromSeconds(1));
        Assert.StartsWith("500", await reply, StringComparison.Ordinal);
        Assert.True(clock.GetElapsedTime(start) >= TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_network_that_errs_in_many_sessions_is_sent_away_for_a_minute()
    {
        var clock = new FakeClock();
        var server = new SmtpServer(new SmtpServerOptions { HostName = "mx.local.test", MaxErrorsPerMinute = 5 }, new RecordingHandler(), clock);
        var client = IPAddress.Parse("2001:db8:0:7::1");
        Assert.Null(server.Admission.TryEnter(client));
        for (var i = 0; i < 5; i++)
            server.Admission.Blame(client);
        server.Admission.Leave(client);

        Assert.Equal("4.7.0", server.Admission.TryEnter(IPAddress.Parse("2001:db8:0:7:ffff::2"))!.Status.ToString());
        Assert.Null(server.Admission.TryEnter(IPAddress.Parse("2001:db8:0:8::1")));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(server.Admission.TryEnter(client));
    }

    [Theory]
    [InlineData(100, "250 2.0.0 Stored")]
    [InlineData(101, "554 5.4.6 Too many hops, this mail goes round in circles")]
    public async Task A_mail_that_passed_a_hundred_servers_goes_round_in_circles(int hops, string reply)
    {
        await using var session = new SessionUnderTest();
        await session.HelloAsync();
        await session.SendAsync("MAIL FROM:<>\r\nRCPT TO:<u@local.test>\r\nDATA\r\n");
        for (var i = 0; i < 3; i++)
            await session.ReadReplyAsync();
        var trace = string.Concat(Enumerable.Range(0, hops).Select(n => n % 2 is 0 ? "Received: from a\r\n by b; now\r\n" : "RECEIVED: from b\r\n"));
        Assert.Equal(reply, await session.ExchangeAsync(trace + "Subject: x\r\n\r\nReceived: in the text\r\n.\r\n"));
        Assert.Equal("250 2.0.0 Ok", await session.ExchangeAsync("NOOP\r\n"));
    }

    [Fact]
    public async Task Chunks_beyond_the_limit_are_read_and_refused_and_the_session_stays_in_step()
    {
        await using var session = new SessionUnderTest();
        await session.HelloAsync();
        await session.SendAsync("MAIL FROM:<>\r\nRCPT TO:<u@local.test>\r\nBDAT 90000\r\n" + new string('x', 90_000) + "BDAT 90000\r\n" + new string('x', 90_000) + "BDAT 5 LAST\r\nQUIT\nNOOP\r\n");
        Assert.StartsWith("250 2.1.0", await session.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250 2.1.5", await session.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("250 2.0.0 90000 octets received", await session.ReadReplyAsync());
        Assert.StartsWith("552 5.3.4", await session.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("503 5.5.1", await session.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("250 2.0.0 Ok", await session.ReadReplyAsync());
        Assert.Empty(session.Handler.Messages);
    }
}
