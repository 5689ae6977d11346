using System.Text.RegularExpressions;

namespace Modular.Browser.Tests.Kit;

/// <summary>The policy forbids what is inline; a page that has it would silently lose it, so the sources are read before a browser is.</summary>
public sealed partial class MarkupTests
{
    [Fact]
    public void No_page_has_an_inline_style_script_or_handler()
    {
        var found = Pages().SelectMany(file => Inline().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetRelativePath(Repository.Root, file)}: {match.Value}"));
        Assert.Empty(found);
    }

    [Fact]
    public void Every_icon_that_a_page_names_is_in_the_sprite()
    {
        var drawn = Symbol().Matches(File.ReadAllText(Path.Combine(Repository.Root, "host/Modular.Web.Kit/wwwroot/icons.svg"))).Select(m => m.Groups[1].Value).ToHashSet();
        var named = Pages().SelectMany(file => NamedIcon().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value)).Distinct();
        Assert.Empty(named.Except(drawn));
    }

    [Theory]
    [InlineData("""<p style="color: red">""")]
    [InlineData("""<a onclick="go()">""")]
    [InlineData("<script>go()</script>")]
    public void The_rule_sees_what_it_forbids(string markup) => Assert.Matches(Inline(), markup);

    private static IEnumerable<string> Pages() =>
        ((string[])["host", "modules"]).SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cshtml", SearchOption.AllDirectories));

    [GeneratedRegex("""\sstyle\s*=|\son[a-z]+\s*=\s*["']|<style|<script(?![^>]*\bsrc=)""")]
    private static partial Regex Inline();

    [GeneratedRegex("""<symbol id="([a-z-]+)""")]
    private static partial Regex Symbol();

    [GeneratedRegex("""(?:kit-icon name|icon)="([a-z][a-z-]*)""")]
    private static partial Regex NamedIcon();
}
