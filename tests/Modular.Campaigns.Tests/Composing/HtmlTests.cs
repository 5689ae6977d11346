using System.Text;
using System.Text.RegularExpressions;
using Modular.Campaigns.Tracking;
using Modular.Delivery;

namespace Modular.Campaigns.Tests.Composing;

public sealed partial class HtmlTests
{
    private const string Nasty = "\"'><script>alert(1)</script>&";

    [Theory]
    [InlineData("<p>{{first_name}}</p>", "<p>&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;</p>")]
    [InlineData("<img alt='{{first_name}}'>", "<img alt='&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;'>")]
    [InlineData("<title>{{first_name}}</title>", "<title>&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;</title>")]
    [InlineData("<a href=\"https://x.example/?n={{first_name}}\">x</a>", "<a href=\"https://x.example/?n=%22%27%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%26\">x</a>")]
    [InlineData("<img src=\"{{first_name}}\">", "<img src=\"#\">")]
    [InlineData("<!--[if mso]><p>{{first_name}}</p><![endif]-->", "<!--[if mso]><p>&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;</p><![endif]-->")]
    public void A_value_is_escaped_for_the_place_where_it_stands(string html, string expected) =>
        Assert.Equal(expected, Drafts.Preview(html, Drafts.Ann(("first_name", Nasty))));

    [Theory]
    [InlineData("javascript:alert(1)", "#")]
    [InlineData("data:image/png;base64,AAAA", "#")]
    [InlineData("https://cdn.example/a b.png?x=1&y=\"2", "https://cdn.example/a%20b.png?x=1&amp;y=%222")]
    public void A_picture_from_a_field_is_http_or_nothing(string value, string expected) =>
        Assert.Equal($"<img src=\"{expected}\">", Drafts.Preview("<img src=\"{{homepage}}\">", Drafts.Ann(("homepage", value))));

    [Theory]
    [InlineData("<script>{{first_name}}</script>", "inside <script>")]
    [InlineData("<style>a{color:{{first_name}} }</style>", "inside <style>")]
    [InlineData("<p style=\"color:{{first_name}}\">x</p>", "inside a style attribute")]
    [InlineData("<p onclick=\"{{first_name}}\">x</p>", "inside a script")]
    [InlineData("<p {{first_name}}>x</p>", "inside a tag")]
    [InlineData("<{{first_name}}>x</p>", "inside a tag")]
    [InlineData("<p title={{first_name}}>x</p>", "put quotes around")]
    [InlineData("<p title=a{{first_name}}>x</p>", "put quotes around")]
    [InlineData("<a href=\"{{homepage}}\">x</a>", "contact data may not choose where it leads")]
    [InlineData("<a href=\"https://{{homepage}}/\">x</a>", "the host of a link must be written out")]
    [InlineData("<a href=\"https://shop.{{city}}\">x</a>", "the host of a link must be written out")]
    [InlineData("<a href=\"https://bank.example@evil.example/\">x</a>", "a name before an @")]
    [InlineData("<a href=\"java&#115;cript:alert(1)\">x</a>", "may not begin with javascript")]
    [InlineData("<a href=\" java\nscript:alert(1)\">x</a>", "may not begin with javascript")]
    [InlineData("<a href=\"https:///x\">x</a>", "this address has no host")]
    [InlineData("<a {{#if vip}}href=\"https://a.example/{{/if}}\">x</a>", "different places of the markup")]
    [InlineData("<a href=\"https://a.example/{{#if vip}}\">{{else}}b\">{{/if}}x</a>", "begins inside a link's address and ends outside of it")]
    [InlineData("{{#if vip}}<!-- {{/if}} x -->", "different places of the markup")]
    [InlineData("{{#each interests}}<a href=\"https://a.example/{{this}}\">x</a>{{/each}}", "in a link's address, 'this' means something only between")]
    public void A_value_or_link_where_no_escape_could_save_it_is_refused(string html, string expected) =>
        Assert.Contains(Drafts.Compile(html, "x").Faults, f => f.What.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void A_block_may_choose_an_attribute()
    {
        var html = "<td{{#if vip}} class=\"gold\"{{/if}} id=\"x\"><a {{#if vip}}href=\"https://a.example/\"{{else}}href='https://b.example/'{{/if}}>x</a></td>";

        Assert.Equal("<td class=\"gold\" id=\"x\"><a href=\"https://a.example/\">x</a></td>", Drafts.Preview(html, Drafts.Ann(("vip", true))));
        Assert.Equal(["https://a.example/", "https://b.example/"], Drafts.Compile(html, "x").Links);
    }

    [Fact]
    public void Each_web_link_is_tracked_and_nothing_else_changes()
    {
        const string Html = "<!DOCTYPE html>\r\n<BODY ><a class=x HREF = 'http://a.example/?q=1&amp;r=2'>ä</a><a href=mailto:x@example.com>m</a>"
            + "<a href=https://b.example>b</a><!-- <a href=\"http://c.example\"> --><a href=\"#top\">t</a><link href=\"http://d.example\">"
            + "<map><area href=\"https://e.example/\"></map><style>a[href=\"http://f.example\"]{}</style><a href=\"{{unsubscribe_url}}\">u</a></BODY></html>";
        var content = Drafts.Compile(Html, "x");
        var sealer = Sealing.New();

        var sent = Encoding.UTF8.GetString(((ComposedMessage.Message)Drafts.Compose(content, sealer, Drafts.Ann())).Html.Span);

        Assert.Equal(["http://a.example/?q=1&r=2", "https://b.example", "https://e.example/"], content.Links);
        var tokens = TrackedUrl().Matches(sent).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal([1, 2, 3], tokens.Select(t => LinkToken.TryRead(sealer, t, LinkKind.Click, out var token) ? token.Link : 0));
        var original = new Queue<string>(["http://a.example/?q=1&amp;r=2", "https://b.example", "https://e.example/"]);
        var restored = TrackedUrl().Replace(sent, _ => original.Dequeue());
        restored = PixelTag().Replace(restored, "");
        restored = UnsubscribeUrl().Replace(restored, "{{unsubscribe_url}}");
        Assert.Equal(Html, restored);
        Assert.EndsWith("border:0\"></BODY></html>", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_carries_the_recipients_values_behind_its_host()
    {
        var content = Drafts.Compile("<a href=\"https://x.example/é/?n={{first_name fallback='you'}}&amp;c={{city}}{{#if vip}}&amp;v=1{{/if}}\">x</a>", "x");

        var target = new LinkTargetTemplate(Assert.Single(content.Links));

        Assert.Equal("https://x.example/%C3%A9/?n=J%C3%BCrgen%20%26%20Co&c=&v=1", target.For(Drafts.Ann(("first_name", "Jürgen & Co"), ("vip", true))));
        Assert.Equal("https://x.example/%C3%A9/?n=you&c=Ulm", target.For(Drafts.Ann(("city", "Ulm"))));
        Assert.Null(target.Fixed);
    }

    [Fact]
    public void A_host_in_other_letters_goes_as_a_labels() =>
        Assert.Equal("https://xn--bcher-kva.example/caf%C3%A9", new LinkTargetTemplate(Assert.Single(Drafts.Compile("<a href=\"https://bücher.example/café\">x</a>", "x").Links)).Fixed);

    [Fact]
    public void The_same_recipient_gives_the_same_bytes()
    {
        var content = Drafts.Compile("<p>{{first_name}} <a href=\"https://a.example/\">a</a> <a href=\"{{preferences_url}}\">p</a></p>", "");
        var sealer = Sealing.New();
        var ann = Drafts.Ann(("first_name", "Ann"));

        var once = (ComposedMessage.Message)Drafts.Compose(content, sealer, ann);
        var again = (ComposedMessage.Message)Drafts.Compose(content, sealer, ann);
        var other = (ComposedMessage.Message)Drafts.Compose(content, sealer, ann, recipientId: 6);

        Assert.Equal(once.Html.ToArray(), again.Html.ToArray());
        Assert.Equal(once.UnsubscribeUrl, again.UnsubscribeUrl);
        Assert.NotEqual(once.Html.ToArray(), other.Html.ToArray());
        Assert.StartsWith("http://127.0.0.1:8080/u/", once.UnsubscribeUrl!.ToString(), StringComparison.Ordinal); // always set for real mail
    }

    [Fact]
    public void A_text_part_is_made_where_none_was_written()
    {
        const string Html = """
            <html><head><title>No</title><style>p{}</style></head><body><div style="display:none">Hidden <p>preheader</div>
            <h1>News &amp; more</h1><p>Hello {{first_name fallback="friend"}},<br>read <a href="https://a.example/?n={{first_name}}">our story</a>.</p>
            {{#if vip}}<p>For you alone.</p>{{/if}}
            <ul><li>One</li><li>Two</li></ul><table><tr><td>A</td><td>B</td></tr></table><p><a href="{{unsubscribe_url}}">Unsubscribe</a></p></body></html>
            """;
        var text = Drafts.Compile(Html).Text;

        Assert.Equal("""
            News & more

            Hello {{first_name fallback="friend"}},
            read our story (https://a.example/?n={{url first_name}}).{{#if vip}}

            For you alone.{{/if}}

            * One
            * Two

            A B

            Unsubscribe ({{unsubscribe_url}})

            """, text);
    }

    [Theory]
    [InlineData("<p>{{unsubscribe_url}}</p>", true)]
    [InlineData("<p>{{#if vip}}{{unsubscribe_url}}{{/if}}</p>", false)]
    [InlineData("<p>{{#if vip}}{{unsubscribe_url}}{{else}}{{preferences_url}}{{/if}}</p>", true)]
    [InlineData("<p>{{view_url}}</p>", false)]
    public void The_way_out_must_be_there_for_everyone(string html, bool expected) => Assert.Equal(expected, Drafts.Compile(html).HtmlCanUnsubscribe);

    [GeneratedRegex(@"http://127\.0\.0\.1:8080/c/([A-Za-z0-9_-]{44})")]
    private static partial Regex TrackedUrl();

    [GeneratedRegex(@"http://127\.0\.0\.1:8080/u/([A-Za-z0-9_-]{44})")]
    private static partial Regex UnsubscribeUrl();

    [GeneratedRegex(@"<img src=""http://127\.0\.0\.1:8080/o/[A-Za-z0-9_-]{44}\.gif""[^>]*>")]
    private static partial Regex PixelTag();
}
