using System.Text;
using Modular.Tenancy.Factors;

namespace Modular.Tenancy.Tests.Factors;

public sealed class TotpTests
{
    private static readonly byte[] Rfc = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 4226, appendix D.</summary>
    [Theory]
    [InlineData(0, "755224")]
    [InlineData(1, "287082")]
    [InlineData(2, "359152")]
    [InlineData(3, "969429")]
    [InlineData(4, "338314")]
    [InlineData(5, "254676")]
    [InlineData(6, "287922")]
    [InlineData(7, "162583")]
    [InlineData(8, "399871")]
    [InlineData(9, "520489")]
    public void Codes_are_those_of_RFC_4226(long counter, string code) => Assert.Equal(code, Totp.Code(Rfc, counter));

    /// <summary>RFC 6238, appendix B, SHA-1.</summary>
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void Codes_are_those_of_RFC_6238(long second, string code) => Assert.Equal(code, Totp.Code(Rfc, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(second)), digits: 8));

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_clock_may_be_one_step_off(int steps, bool isGood)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1111111109);
        var step = Totp.StepAt(now) + steps;

        Assert.Equal(isGood ? step : null, Totp.StepOf(Rfc, Totp.Code(Rfc, step), now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("08180")]
    [InlineData("0818040")]
    [InlineData("abcdef")]
    [InlineData("٠٨١٨٠٤")]
    public void Anything_else_is_none(string typed) => Assert.Null(Totp.StepOf(Rfc, typed, DateTimeOffset.FromUnixTimeSeconds(1111111109)));

    /// <summary>RFC 4648 §10, without the padding.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Keys_are_written_in_base_32(string text, string encoded) => Assert.Equal(encoded, Base32.Encode(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void The_address_holds_what_an_app_needs_and_nothing_breaks_it() => Assert.Equal(
        "otpauth://totp/Modular%20mail.example:ann%2Bx%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Modular%20mail.example&algorithm=SHA1&digits=6&period=30",
        Totp.AddressOf(Rfc, "Modular mail.example", "ann+x@acme.example"));
}
