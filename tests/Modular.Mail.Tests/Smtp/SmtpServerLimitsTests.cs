using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

public sealed class SmtpServerLimitsTests
{
    private const string Group = "MAIL FROM:<a@sender.example>\r\nRCPT TO:<u@local.test>\r\nDATA\r\n";

    [Fact]
    public async Task A_silent_client_is_told_goodbye_after_five_minutes()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(time: clock);
        await session.HelloAsync();

        clock.Advance(TimeSpan.FromSeconds(299));
        Assert.False(session.End.IsCompleted);
        await clock.AdvanceUntilAsync(session.End, TimeSpan.FromSeconds(1));

        Assert.Equal(SmtpSessionEnd.TimedOut, await session.End);
        Assert.StartsWith("421 4.4.2", await session.ReadReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_now_and_then_does_not_prolong_the_wait_for_a_command()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(time: clock);
        await session.HelloAsync();
        var start = clock.GetTimestamp();

        for (var i = 0; i < 400 && !session.End.IsCompleted; i++)
        {
            await session.SendAsync("x");
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(session.End, Task.Delay(2, TestContext.Current.CancellationToken));
        }

        Assert.Equal(SmtpSessionEnd.TimedOut, await session.End);
        Assert.InRange(clock.GetElapsedTime(start), TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(400));
    }

    [Fact]
    public async Task While_most_sessions_are_taken_silence_is_cut_short()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(o => o with { MaxSessions = 1 }, clock);
        await session.HelloAsync();

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(session.End.IsCompleted);
        await clock.AdvanceUntilAsync(session.End, TimeSpan.FromSeconds(1));
        Assert.Equal(SmtpSessionEnd.TimedOut, await session.End);
    }

    [Fact]
    public async Task A_message_that_trickles_is_cut_off()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(time: clock);
        await session.HelloAsync();
        await session.SendAsync(Group);
        for (var i = 0; i < 3; i++)
            await session.ReadReplyAsync();
        var start = clock.GetTimestamp();

        for (var i = 0; i < 400 && !session.End.IsCompleted; i++)
        {
            await session.SendAsync("x");
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(session.End, Task.Delay(2, TestContext.Current.CancellationToken));
        }

        Assert.Equal(SmtpSessionEnd.TimedOut, await session.End);
        Assert.InRange(clock.GetElapsedTime(start), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(100));
        Assert.Empty(session.Handler.Messages);
    }

    [Fact]
    public async Task No_session_lives_longer_than_its_cap_however_busy()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(time: clock);
        await session.HelloAsync();
        var minutes = 0;
        string? reply;
        do
        {
            await session.SendAsync("NOOP\r\n");
            reply = await session.ReadReplyAsync();
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        while (reply is "250 2.0.0 Ok" && ++minutes < 60);

        Assert.InRange(minutes, 29, 31);
        Assert.Equal(SmtpSessionEnd.TimedOut, await session.End);
    }

    [Fact]
    public async Task A_client_that_reads_no_replies_is_left()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(time: clock, clientBufferBytes: 64);
        await session.SendAsync(string.Concat(Enumerable.Repeat("NOOP\r\n", 50)));

        await clock.AdvanceUntilAsync(session.End, TimeSpan.FromSeconds(10));

        Assert.Equal(SmtpSessionEnd.TimedOut, await session.End);
    }

    [Fact]
    public async Task A_stopping_server_says_so_to_those_who_wait_and_lets_a_transaction_finish()
    {
        await using var waiting = new SessionUnderTest();
        await waiting.HelloAsync();
        waiting.Stop();
        Assert.StartsWith("421 4.3.2", await waiting.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(SmtpSessionEnd.Stopped, await waiting.End);

        await using var sending = new SessionUnderTest();
        await sending.HelloAsync();
        await sending.SendAsync(Group);
        for (var i = 0; i < 3; i++)
            await sending.ReadReplyAsync();
        sending.Stop();
        await sending.SendAsync("x\r\n.\r\nMAIL FROM:<a@sender.example>\r\n");
        Assert.Equal("250 2.0.0 Stored", await sending.ReadReplyAsync());
        Assert.StartsWith("421 4.3.2", await sending.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(SmtpSessionEnd.Stopped, await sending.End);
    }

    [Fact]
    public async Task A_stopping_server_does_not_wait_for_ever()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(time: clock);
        await session.HelloAsync();
        await session.SendAsync(Group);
        for (var i = 0; i < 3; i++)
            await session.ReadReplyAsync();
        session.Stop();

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(session.End.IsCompleted);
        await clock.AdvanceUntilAsync(session.End, TimeSpan.FromSeconds(1));
        Assert.Equal(SmtpSessionEnd.Stopped, await session.End);
    }

    [Fact]
    public async Task An_aborted_session_ends_at_once()
    {
        await using var session = new SessionUnderTest();
        await session.HelloAsync();
        session.Abort();
        Assert.Equal(SmtpSessionEnd.ClientLeft, await session.End);
    }

    [Theory]
    [InlineData("FROB\r\n", 20, "500 5.5.1")]
    [InlineData("DATA\r\n", 20, "503 5.5.1")]
    [InlineData("NOOP\r\n", 99, "250 2.0.0")]
    [InlineData("RSET\r\n", 99, "250 2.0.0")]
    public async Task Commands_that_lead_nowhere_are_counted(string command, int allowed, string reply)
    {
        await using var session = new SessionUnderTest();
        await session.HelloAsync();
        for (var i = 0; i < allowed; i++)
            Assert.StartsWith(reply, await session.ExchangeAsync(command), StringComparison.Ordinal);
        Assert.StartsWith("421 4.7.0", await session.ExchangeAsync(command), StringComparison.Ordinal);
        Assert.Equal(SmtpSessionEnd.Refused, await session.HangUpAsync());
    }

    [Fact]
    public async Task Recipients_beyond_the_limit_are_for_another_transaction_and_the_rest_get_the_message()
    {
        await using var session = new SessionUnderTest(o => o with { MaxRecipients = 100 });
        await session.HelloAsync();
        await session.ExchangeAsync("MAIL FROM:<a@sender.example>\r\n");
        for (var i = 1; i <= 150; i++)
        {
            var reply = await session.ExchangeAsync($"RCPT TO:<u{i}@local.test>\r\n");
            Assert.StartsWith(i <= 100 ? "250 2.1.5" : "452 4.5.3", reply, StringComparison.Ordinal);
        }

        await session.ExchangeAsync("DATA\r\n");
        Assert.Equal("250 2.0.0 Stored", await session.ExchangeAsync("x\r\n.\r\n"));
        Assert.Equal(100, Assert.Single(session.Handler.Messages).Envelope.Recipients.Count);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_refused_and_the_session_goes_on()
    {
        await using var session = new SessionUnderTest();
        await session.HelloAsync();
        Assert.StartsWith("500 5.5.2", await session.ExchangeAsync("NOOP " + new string('x', 506) + "\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("500 5.5.2", await session.ExchangeAsync("NOOP " + new string('x', 50_000) + "\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("250", await session.ExchangeAsync("NOOP " + new string('x', 505) + "\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("501", await session.ExchangeAsync($"MAIL FROM:<a@sender.example> ENVID={new string('x', 1900)}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_end_is_not_listened_to_for_ever()
    {
        await using var session = new SessionUnderTest();
        await session.HelloAsync();
        var chunk = new string('x', 64 * 1024);
        for (var i = 0; i < 20; i++)
            await session.SendAsync(chunk);
        Assert.StartsWith("500 5.5.2", await session.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(SmtpSessionEnd.Refused, await session.HangUpAsync());
    }

    [Fact]
    public async Task A_message_over_the_limit_is_read_to_its_end_and_the_session_stays_in_step()
    {
        await using var session = new SessionUnderTest();
        await session.HelloAsync();
        await session.SendAsync(Group);
        for (var i = 0; i < 3; i++)
            await session.ReadReplyAsync();
        await session.SendAsync(string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", 1010)) + ".\r\nNOOP\r\n");
        Assert.StartsWith("552 5.3.4", await session.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("250 2.0.0 Ok", await session.ReadReplyAsync());
        Assert.Empty(session.Handler.Messages);
    }

    [Fact]
    public async Task Without_memory_the_client_is_asked_to_come_back()
    {
        await using var session = new SessionUnderTest(o => o with { MaxBufferedBytes = 10_000 });
        await session.HelloAsync();
        await session.SendAsync(Group);
        for (var i = 0; i < 3; i++)
            await session.ReadReplyAsync();
        Assert.StartsWith("452 4.3.1", await session.ExchangeAsync("x\r\n.\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_makes_the_client_come_back()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(time: clock);
        await session.HelloAsync();
        await session.SendAsync(Group.Replace("<u@", "<slow@", StringComparison.Ordinal));
        for (var i = 0; i < 3; i++)
            await session.ReadReplyAsync();
        await session.SendAsync("x\r\n.\r\n");
        var reading = session.ReadReplyAsync();
        await clock.AdvanceUntilAsync(reading, TimeSpan.FromSeconds(1));
        Assert.StartsWith("451 4.3.0", await reading, StringComparison.Ordinal);
        Assert.IsAssignableFrom<OperationCanceledException>(Assert.Single(session.Handler.Faults));
        Assert.Equal("250 2.0.0 Ok", await session.ExchangeAsync("NOOP\r\n"));
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_a_message_has_sent_none()
    {
        await using var session = new SessionUnderTest();
        await session.HelloAsync();
        await session.SendAsync(Group + "hello\r\n");
        Assert.Equal(SmtpSessionEnd.ClientLeft, await session.HangUpAsync());
        Assert.Empty(session.Handler.Messages);
    }

    [Fact]
    public void Sessions_are_counted_per_address_and_per_ipv6_network()
    {
        var clock = new FakeClock();
        var admission = new Admission(new SmtpServerOptions { HostName = "x", MaxSessionsPerClient = 2, MaxConnectsPerMinute = 3, MaxSessions = 10, IsTrusted = a => a.ToString() is "192.0.2.99" }, clock);
        var one = System.Net.IPAddress.Parse("192.0.2.1");
        var six = System.Net.IPAddress.Parse("2001:db8::1");

        Assert.Null(admission.TryEnter(one));
        Assert.Null(admission.TryEnter(one));
        Assert.Equal("4.7.0", admission.TryEnter(one)?.Status.ToString());
        Assert.Null(admission.TryEnter(System.Net.IPAddress.Parse("192.0.2.2")));
        Assert.Null(admission.TryEnter(six));
        Assert.Null(admission.TryEnter(System.Net.IPAddress.Parse("2001:db8::ffff:1")));
        Assert.NotNull(admission.TryEnter(System.Net.IPAddress.Parse("2001:db8:0:0:aaaa::1")));
        Assert.Null(admission.TryEnter(System.Net.IPAddress.Parse("2001:db8:0:1::1")));

        admission.Leave(one);
        Assert.Null(admission.TryEnter(one));
        admission.Leave(one);
        Assert.Equal("4.7.0", admission.TryEnter(one)?.Status.ToString());
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(admission.TryEnter(one));

        for (var i = 0; i < 4; i++)
            Assert.Null(admission.TryEnter(System.Net.IPAddress.Parse("192.0.2.99")));
        Assert.Equal("4.3.2", admission.TryEnter(System.Net.IPAddress.Parse("192.0.2.99"))?.Status.ToString());
        Assert.True(admission.IsBusy);
    }
}
