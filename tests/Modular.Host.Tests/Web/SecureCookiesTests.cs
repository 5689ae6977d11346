using Modular.Host.Web;

namespace Modular.Host.Tests.Web;

public sealed class SecureCookiesTests
{
    [Theory]
    [InlineData("__Host-modular=a; theme=dark", "modular=a; theme=dark")]
    [InlineData("__Host-modular-form=a;__Host-modular=b", "modular-form=a; modular=b")]
    [InlineData("modular=planted; __Host-modular=a", "modular=a")]   // another host of the domain can set the first, and not the second
    [InlineData("modular=planted", "")]
    [InlineData("__Host-other=a", "__Host-other=a")]
    public void Over_TLS_only_cookies_of_this_host_are_ours(string sent, string seen) => Assert.Equal(seen, SecureCookies.Incoming(sent));
}
