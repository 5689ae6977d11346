using Modular.Contacts.DropFolder;

namespace Modular.Contacts.Tests.DropFolder;

public sealed class IfHeaderTests
{
    [Theory]
    [InlineData("(<urn:uuid:1>)", ":<urn:uuid:1>")]
    [InlineData("(<urn:uuid:1> [\"tag\"]) (Not <urn:uuid:2>)", ":<urn:uuid:1> [\"tag\"] | :!<urn:uuid:2>")]
    [InlineData("<http://h/a> (<t>) (not [W/\"x\"])", "http://h/a:<t> | http://h/a:![W/\"x\"]")]
    [InlineData("(<t>)(<DAV:no-lock>)", ":<t> | :<DAV:no-lock>")]
    public void Lists_of_conditions_are_read(string text, string expected) => Assert.Equal(expected, string.Join(" | ", IfHeader.Parse(text)!.Lists.Select(l =>
        l.Resource + ":" + string.Join(' ', l.Conditions.Select(c => (c.IsNot ? "!" : "") + (c.Token is null ? $"[{c.ETag}]" : $"<{c.Token}>"))))));

    [Theory]
    [InlineData("")]
    [InlineData("()")]
    [InlineData("(<t>")]
    [InlineData("<t>")]
    [InlineData("(t)")]
    [InlineData("(<t>) x")]
    public void What_breaks_the_grammar_is_refused(string text) => Assert.Null(IfHeader.Parse(text));

    [Fact]
    public void An_endless_header_is_refused() => Assert.Null(IfHeader.Parse(string.Concat(Enumerable.Repeat("(<t>)", 101))));
}
