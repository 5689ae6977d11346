using System.Net;
using System.Text.Json;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Sms;

namespace Modular.Tenancy.Tests.Factors;

public sealed class FactorPolicyTests
{
    [Theory]
    [InlineData("Never", "owner", "192.0.2.1", false)]
    [InlineData("Always", "analyst", "192.0.2.1", true)]
    [InlineData("Roles", "owner", "192.0.2.1", true)]
    [InlineData("Roles", "analyst", "192.0.2.1", false)]
    [InlineData("Roles", null, "192.0.2.1", false)]
    [InlineData("UnknownNetworks", "owner", "192.0.2.77", false)]
    [InlineData("UnknownNetworks", "owner", "::ffff:192.0.2.77", false)]
    [InlineData("UnknownNetworks", "owner", "192.0.3.1", true)]
    [InlineData("UnknownNetworks", "owner", "2001:db8:1::5", false)]
    [InlineData("UnknownNetworks", "owner", "2001:db8:2::5", true)]
    [InlineData("UnknownNetworks", "owner", null, true)]
    public void It_asks_whom_it_says(string demand, string? role, string? address, bool asks)
    {
        var policy = new FactorPolicy { Demand = Enum.Parse<FactorDemand>(demand), Roles = ["owner", "administrator"], KnownNetworks = "192.0.2.0/24 2001:db8:1::/48" };

        Assert.Equal(asks, policy.Asks(role, address is null ? null : IPAddress.Parse(address)));
    }

    [Fact]
    public void It_outlives_being_stored()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        var stored = JsonSerializer.Serialize(new FactorPolicy { Demand = FactorDemand.UnknownNetworks, KnownNetworks = "192.0.2.0/24" }, json);

        var read = JsonSerializer.Deserialize<FactorPolicy>(stored, json)!;
        Assert.Contains("\"UnknownNetworks\"", stored, StringComparison.Ordinal);
        Assert.Equal((FactorDemand.UnknownNetworks, "192.0.2.0/24"), (read.Demand, read.KnownNetworks));
    }

    [Theory]
    [InlineData("+49 170 1234567", "+491701234567")]
    [InlineData("0049 (170) 123-45.67", "+491701234567")]
    [InlineData("+1 202/555 0100", "+12025550100")]
    [InlineData("0170 1234567", null)]
    [InlineData("+49", null)]
    [InlineData("+0123456789", null)]
    [InlineData("+4917012345678901", null)]
    [InlineData("+49170abc4567", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_number_has_its_country(string? typed, string? kept) => Assert.Equal(kept, PhoneNumber.TryParse(typed, out var number) ? number.Text : null);
}
