using System.Net;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Web;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Tests.SignIn;

public sealed class OriginTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::9", "2001:db8:1:2::/64")]
    public void A_network_is_an_IPv4_address_or_an_IPv6_64(string address, string network) => Assert.Equal(network, AddressForm.NetworkOf(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http", "127.0.0.1", true)]
    [InlineData("http", "::1", true)]
    [InlineData("http", "::ffff:127.0.0.1", true)]
    [InlineData("http", null, true)]
    [InlineData("https", "192.0.2.1", true)]
    [InlineData("http", "192.0.2.1", false)]
    [InlineData("http", "10.0.0.1", false)]
    public void Secrets_come_encrypted_or_without_leaving_the_machine(string scheme, string? address, bool may)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = scheme;
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);

        Assert.Equal(may, Origin.MaySendSecrets(context));
    }
}
