using System.Globalization;
using Modular.Web.Kit;

namespace Modular.Browser.Tests.Kit;

/// <summary>How figures are said. The exact words matter: people compare them.</summary>
public sealed class ShowTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 14, 5, 0, TimeSpan.Zero);

    public ShowTests() => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");

    [Theory]
    [InlineData(0, 0, "–")]
    [InlineData(0, 19420, "0 %")]
    [InlineData(1, 19420, "< 0.1 %")]
    [InlineData(408, 19420, "2.1 %")]
    [InlineData(19419, 19420, "99.9 %")]
    [InlineData(19420, 19420, "100 %")]
    public void A_share_never_rounds_to_nothing_or_to_everything(long part, long whole, string said) =>
        Assert.Equal(said, Show.Percent(part, whole).Replace('\u00a0', ' '));

    [Fact]
    public void A_share_names_its_base() =>
        Assert.Equal("2.1 % of 19,420 delivered", Show.PercentOf(408, 19420, "delivered").Replace('\u00a0', ' '));

    [Fact]
    public void A_share_of_nothing_says_so() => Assert.Equal("none delivered yet", Show.PercentOf(0, 0, "delivered"));

    [Theory]
    [InlineData(0, "0/s")]
    [InlineData(0.05, "3.0/min")]
    [InlineData(4.26, "4.3/s")]
    [InlineData(1240.4, "1,240/s")]
    public void A_rate_keeps_the_digits_that_tell_something(double perSecond, string said) => Assert.Equal(said, Show.Rate(perSecond));

    [Theory]
    [InlineData(0.85, "850 ms")]
    [InlineData(12, "12 s")]
    [InlineData(185, "3 min 5 s")]
    [InlineData(7800, "2 h 10 min")]
    [InlineData(352_800, "4 d 2 h")]
    public void A_span_is_said_in_its_two_largest_units(double seconds, string said) =>
        Assert.Equal(said, Show.Duration(TimeSpan.FromSeconds(seconds)).Replace('\u00a0', ' '));

    [Theory]
    [InlineData(-3, "just now")]
    [InlineData(-60, "1 minute ago")]
    [InlineData(-240, "4 minutes ago")]
    [InlineData(-7500, "2 hours ago")]
    [InlineData(-72_000, "yesterday 18:05")]
    [InlineData(-864_000, "12 Nov")]
    [InlineData(-34_560_000, "18 Oct 2025")]
    [InlineData(600, "in 10 min")]
    public void A_time_is_said_from_where_the_reader_stands(int seconds, string said) =>
        Assert.Equal(said, Show.Ago(Now.AddSeconds(seconds), Now, TimeZoneInfo.Utc));

    [Theory]
    [InlineData(4, "a few seconds left")]
    [InlineData(41, "about 50 s left")]
    [InlineData(130, "about 3 min left")]
    [InlineData(4000, "about 1 h 10 min left")]
    public void Time_left_is_rounded_up_so_that_it_does_not_flicker(int seconds, string said) =>
        Assert.Equal(said, Show.TimeLeft(TimeSpan.FromSeconds(seconds)).Replace('\u00a0', ' '));

    [Theory]
    [InlineData("given_up", "Given up")]
    [InlineData("GivenUp", "Given up")]
    [InlineData("held-back", "Held back")]
    public void A_stored_state_reads_as_a_word(string state, string said) => Assert.Equal(said, Show.Word(state));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1536, "1.5 KB")]
    [InlineData(12_600, "12 KB")]
    [InlineData(3_565_158, "3.4 MB")]
    public void A_size_is_said_in_powers_of_1024(long bytes, string said) => Assert.Equal(said, Show.Size(bytes).Replace('\u00a0', ' '));
}
