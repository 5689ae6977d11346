using System.Globalization;
using System.Text.RegularExpressions;

namespace Modular.Browser.Tests.Kit;

/// <summary>WCAG 2.2 contrast (1.4.3, 1.4.11) of the pairs that the styles put together, in both themes.</summary>
public sealed partial class TokenTests
{
    private static readonly Dictionary<string, (string Light, string Dark)> Tokens = Read();

    private static readonly string[] Surfaces = ["ground", "paper", "raised", "hover", "field"];

    public static TheoryData<string, string, double> Pairs()
    {
        var pairs = new TheoryData<string, string, double>();
        foreach (var surface in Surfaces)
        {
            foreach (var ink in (string[])["ink", "ink-2", "ink-3", "accent"]) pairs.Add(ink, surface, 4.5);
            pairs.Add("edge", surface, 3);
        }
        foreach (var tone in (string[])["good", "warn", "bad", "accent"]) pairs.Add(tone, tone + "-soft", 4.5);
        foreach (var tone in (string[])["good", "warn", "bad"]) pairs.Add(tone, "paper", 4.5);
        foreach (var series in (string[])["series-1", "series-2", "series-3", "series-4"]) pairs.Add(series, "paper", 2.5);
        pairs.Add("ink-2", "pressed", 4.5);
        pairs.Add("accent-fill", "track", 3);
        pairs.Add("on-accent", "accent-fill", 4.5);
        pairs.Add("on-accent", "accent-fill-hover", 4.5);
        pairs.Add("on-accent", "danger-fill", 4.5);
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Each_pair_of_colours_can_be_told_apart(string front, string back, double least)
    {
        var (light, dark) = (Contrast(Tokens[front].Light, Tokens[back].Light), Contrast(Tokens[front].Dark, Tokens[back].Dark));
        Assert.True(light >= least, $"{front} on {back} is {light:0.00}:1 in light, {least}:1 is needed");
        Assert.True(dark >= least, $"{front} on {back} is {dark:0.00}:1 in dark, {least}:1 is needed");
    }

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string hex)
    {
        var channels = Enumerable.Range(0, 3).Select(i => int.Parse(hex.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * channels[0]) + (0.7152 * channels[1]) + (0.0722 * channels[2]);
    }

    private static Dictionary<string, (string, string)> Read() =>
        Token().Matches(File.ReadAllText(Path.Combine(Repository.Root, "host/Modular.Web.Kit/wwwroot/css/tokens.css")))
            .ToDictionary(m => m.Groups["name"].Value, m => (m.Groups["light"].Value, m.Groups["dark"] is { Success: true } dark ? dark.Value : m.Groups["light"].Value));

    [GeneratedRegex(@"--(?<name>[a-z0-9-]+):\s*(light-dark\()?(?<light>#[0-9a-f]{6})(,\s*(?<dark>#[0-9a-f]{6})\))?;")]
    private static partial Regex Token();
}
