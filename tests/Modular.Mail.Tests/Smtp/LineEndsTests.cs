using Modular.Mail.Smtp;

namespace Modular.Mail.Tests.Smtp;

public sealed class LineEndsTests
{
    [Fact]
    public void A_bare_cr_or_lf_is_found_wherever_it_stands()
    {
        for (var length = 1; length < 140; length++)
        {
            var text = Enumerable.Repeat((byte)'x', length).ToArray();
            Assert.True(LineEnds.AreStrict(text));
            for (var at = 0; at < length; at++)
            {
                text[at] = (byte)'\n';
                Assert.False(LineEnds.AreStrict(text));
                text[at] = (byte)'\r';
                Assert.False(LineEnds.AreStrict(text));
                if (at + 1 < length)
                {
                    text[at + 1] = (byte)'\n';
                    Assert.True(LineEnds.AreStrict(text));
                    text[at + 1] = (byte)'x';
                }

                text[at] = (byte)'x';
            }
        }
    }

    [Fact]
    public void Nothing_is_strict() => Assert.True(LineEnds.AreStrict([]));
}
