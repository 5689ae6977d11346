using System.Buffers;
using System.Net;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

public sealed class ProxyHeaderTests
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n";

    [Theory]
    [InlineData("PROXY TCP4 198.51.100.7 203.0.113.1 56324 25\r\n", "198.51.100.7")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::1 56324 25\r\n", "2001:db8::7")]
    [InlineData("PROXY UNKNOWN\r\n", null)]
    [InlineData("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", null)]
    [InlineData(Signature + "\u0021\u0011\0\u000c\u00c6\u0033\u0064\u0007\u00cb\u0000\u0071\u0001\u00dc\u0004\u0000\u0019", "198.51.100.7")]
    [InlineData(Signature + "\u0021\u0011\0\u0010\u00c6\u0033\u0064\u0007\u00cb\u0000\u0071\u0001\u00dc\u0004\u0000\u0019\u0004\u0000\u0001x", "198.51.100.7")]
    [InlineData(Signature + "\u0021\u0021\0\u0024\u0020\u0001\u000d\u00b8\0\0\0\0\0\0\0\0\0\0\0\u0007\u0020\u0001\u000d\u00b8\0\0\0\0\0\0\0\0\0\0\0\u0001\u00dc\u0004\u0000\u0019", "2001:db8::7")]
    [InlineData(Signature + "\u0020\0\0\0", null)]
    [InlineData(Signature + "\u0021\0\0\u0002ab", null)]
    public void A_header_is_read_however_it_is_cut(string header, string? client)
    {
        Assert.All(Wire.EverySplit(header + "EHLO x"), split =>
        {
            var buffer = split;
            Assert.Equal(ProxyStatus.Complete, ProxyHeader.TryRead(ref buffer, out var found));
            Assert.Equal(client is null ? null : IPAddress.Parse(client), found);
            Assert.Equal("EHLO x", Wire.Text(buffer.ToArray()));
        });
        for (var length = 0; length < header.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(Wire.Bytes(header[..length]));
            Assert.Equal(ProxyStatus.Incomplete, ProxyHeader.TryRead(ref buffer, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Theory]
    [InlineData("EHLO x\r\n")]
    [InlineData("PROXYX TCP4")]
    [InlineData("PROXY TCP4 198.51.100.7 203.0.113.1 56324\r\n")]
    [InlineData("PROXY TCP4 2001:db8::7 203.0.113.1 56324 25\r\n")]
    [InlineData("PROXY TCP4 127.1 203.0.113.1 56324 25\r\n")]
    [InlineData("PROXY TCP4 198.51.100.7 203.0.113.1 99999 25\r\n")]
    [InlineData("PROXY UDP4 198.51.100.7 203.0.113.1 5 25\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY TCP4 198.51.100.7 203.0.113.1 56324 25 and more than a hundred and seven bytes without an end of the line at all........")]
    [InlineData(Signature + "\u0011\u0011\0\u000c")]
    [InlineData(Signature + "\u0022\u0011\0\u000c")]
    [InlineData(Signature + "\u0021\u0012\0\u000c")]
    [InlineData(Signature + "\u0021\u0011\0\u0004")]
    [InlineData(Signature + "\u0021\u0011\u00ff\u00ff")]
    public void What_is_no_header_is_refused(string header)
    {
        var buffer = new ReadOnlySequence<byte>(Wire.Bytes(header));
        Assert.Equal(ProxyStatus.Malformed, ProxyHeader.TryRead(ref buffer, out var client));
        Assert.Null(client);   // also when the first of its addresses is one
    }

    [Fact]
    public async Task Behind_a_balancer_the_client_is_whom_it_names()
    {
        await using var session = new SessionUnderTest(o => o with { IsProxy = static address => address.Equals(IPAddress.Parse("192.0.2.7")) });
        await session.SendAsync("PROXY TCP4 198.51.100.7 203.0.113.1 56324 25\r\n");
        await session.HelloAsync();
        await session.SendAsync("MAIL FROM:<>\r\nRCPT TO:<u@local.test>\r\nDATA\r\nx\r\n.\r\n");
        await session.HangUpAsync();
        Assert.Equal(IPAddress.Parse("198.51.100.7"), Assert.Single(session.Handler.Messages).Envelope.Peer.Address);
    }

    [Fact]
    public async Task A_balancer_that_names_nobody_is_not_served()
    {
        await using var session = new SessionUnderTest(o => o with { IsProxy = static _ => true });
        await session.SendAsync("EHLO x\r\n");
        Assert.Null(await session.ReadReplyAsync());
        Assert.Equal(SmtpSessionEnd.Refused, await session.End);
    }

    [Fact]
    public async Task Nobody_else_may_say_who_he_is()
    {
        await using var session = new SessionUnderTest();
        await session.ReadReplyAsync();
        Assert.StartsWith("500 5.5.1", await session.ExchangeAsync("PROXY TCP4 198.51.100.7 203.0.113.1 56324 25\r\n"), StringComparison.Ordinal);
    }
}
