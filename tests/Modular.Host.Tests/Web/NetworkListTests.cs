using System.Net;
using Modular.Kernel.Web;

namespace Modular.Host.Tests.Web;

public sealed class NetworkListTests
{
    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.200", true)]
    [InlineData("192.0.2.0/24", "192.0.3.1", false)]
    [InlineData("192.0.2.7/24", "192.0.2.200", true)]   // written by any address in it
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.9", true)]
    [InlineData("::ffff:192.0.2.0/120", "192.0.2.9", true)]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", true)]
    [InlineData("2001:db8::/48", "2001:db8:0:ffff::1", true)]
    [InlineData("2001:db8::/48", "2001:db8:1::1", false)]
    [InlineData("2001:db8::7", "2001:DB8:0::7", true)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("0.0.0.0/0", "198.51.100.7", true)]
    [InlineData("0.0.0.0/0", "2001:db8::7", false)]
    [InlineData("::/0", "2001:db8::7", true)]
    [InlineData("10.0.0.0/8, 192.0.2.7;2001:db8::/32\n198.51.100.0/25", "198.51.100.127", true)]
    [InlineData("10.0.0.0/8, 192.0.2.7;2001:db8::/32\n198.51.100.0/25", "198.51.100.128", false)]
    [InlineData("", "192.0.2.7", false)]
    public void An_address_is_in_a_network_or_not(string networks, string address, bool isIn) =>
        Assert.Equal(isIn, NetworkList.Parse(networks).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("192.0.2.0/33")]
    [InlineData("192.0.2.0/-1")]
    [InlineData("192.0.2.0/")]
    [InlineData("192.0.2.0/ 24")]
    [InlineData("192.0.2")]
    [InlineData("10.1")]
    [InlineData("0x7f.1")]
    [InlineData("2130706433")]
    [InlineData("2001:db8::/129")]
    [InlineData("::ffff:192.0.2.0/64")]
    [InlineData("fe80::1%3")]
    [InlineData("mail.example")]
    [InlineData("*")]
    public void What_is_no_network_is_refused(string word)
    {
        Assert.False(NetworkList.TryParse("192.0.2.1 " + word, out _, out var fault));
        Assert.Contains("'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_stored_as_it_is_compared() =>
        Assert.Equal("192.0.2.0/24 2001:db8::7/128", NetworkList.Parse("192.0.2.9/24 , 2001:0db8::0007 192.0.2.0/24").ToString());

    [Fact]
    public void There_is_an_end_to_it() =>
        Assert.False(NetworkList.TryParse(string.Join(' ', Enumerable.Range(0, NetworkList.Most + 1).Select(i => $"10.0.{i / 250}.{i % 250}")), out _, out _));
}
