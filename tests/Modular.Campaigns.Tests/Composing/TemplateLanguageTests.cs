using System.Globalization;
using HandlebarsDotNet;

namespace Modular.Campaigns.Tests.Composing;

public sealed class TemplateLanguageTests
{
    private static readonly Modular.Contacts.Profile Ann = Drafts.Ann(
        ("first_name", "Žofie"), ("points", 1234.5m), ("vip", true), ("birthday", new DateOnly(1990, 5, 17)), ("plan", "gold"),
        ("interests", (IReadOnlyList<string>)["tea", "jazz", "maps"]), ("seen_at", new DateTimeOffset(2024, 3, 1, 9, 5, 0, TimeSpan.Zero)), ("date", "Tuesday"));

    [Theory]
    [InlineData("Hello {{first_name}}", "Hello Žofie")]
    [InlineData("Hello {{ first_name fallback=\"friend\" }}", "Hello Žofie")]
    [InlineData("From {{city fallback='somewhere \"nice\"'}}", "From somewhere \"nice\"")]
    [InlineData("From {{city}}.", "From .")]
    [InlineData("{{email}}", "ann@example.com")]
    [InlineData("{{date birthday \"d MMMM yyyy\"}}", "17 May 1990")]
    [InlineData("{{date birthday \"d. MMMM yyyy\" culture=\"de\"}}", "17. Mai 1990")]
    [InlineData("{{date birthday format='yyyy' culture=\"fr\" fallback=\"soon\"}}", "1990")]
    [InlineData("{{date seen_at 'HH:mm'}}", "09:05")]
    [InlineData("{{number points '#,##0.00'}}", "1,234.50")]
    [InlineData("{{number points '#,##0.00' culture='de'}}", "1.234,50")]
    [InlineData("{{points}}", "1234.5")]
    [InlineData("{{birthday}} {{vip}}", "1990-05-17 true")]
    [InlineData("{{date}}", "Tuesday")]
    [InlineData("{{interests}}", "tea, jazz, maps")]
    [InlineData("{{upper first_name}} {{lower plan}}", "ŽOFIE gold")]
    [InlineData("{{url first_name}}", "%C5%BDofie")]
    [InlineData("{{#if vip}}yes{{else}}no{{/if}}", "yes")]
    [InlineData("{{#if city}}yes{{else}}no{{/if}}", "no")]
    [InlineData("{{#unless city}}nowhere{{/unless}}", "nowhere")]
    [InlineData("{{#if (eq plan \"GOLD\")}}gold{{else if (eq plan 'silver')}}silver{{else}}none{{/if}}", "gold")]
    [InlineData("{{#if (eq plan 'tin')}}tin{{else if (gt points 1000)}}rich{{else}}none{{/if}}", "rich")]
    [InlineData("{{#if (and vip (not city))}}a{{/if}}{{#if (or city plan)}}b{{/if}}", "ab")]
    [InlineData("{{#if (lt birthday '2000-01-01')}}grown{{/if}}", "grown")]
    [InlineData("{{#if (contains interests 'Jazz')}}jazz{{/if}}", "jazz")]
    [InlineData("{{#each interests}}{{@index}}{{this}}{{#unless @last}}, {{/unless}}{{/each}}", "0tea, 1jazz, 2maps")]
    [InlineData("a{{! a comment }}b{{!-- with {{braces}} --}}c", "abc")]
    [InlineData("\\{{first_name}}", "{{first_name}}")]
    [InlineData("a  {{~first_name~}}  b", "aŽofieb")]
    [InlineData("one\n{{#if vip}}\ntwo\n{{/if}}\nthree", "one\ntwo\nthree")]
    [InlineData("one\n  {{! alone }}  \ntwo", "one\ntwo")]
    public void A_template_is_filled(string template, string expected) => Assert.Equal(expected, Drafts.Text(template, Ann));

    [Theory]
    [InlineData("<p>\n  {{frist_name}}</p>", "HTML, line 2, column 5: there is no field 'frist_name'. Did you mean 'first_name'? Known are ")]
    [InlineData("{{#if vip}}x", "HTML, line 1, column 1: this block is never closed: {{/if}} is missing.")]
    [InlineData("x{{/if}}", "HTML, line 1, column 2: this closes no block.")]
    [InlineData("{{else}}", "HTML, line 1, column 1: this {{else}} stands in no block.")]
    [InlineData("{{#if vip}}x{{/each}}", "HTML, line 1, column 13: {{/each}} stands where {{/if}} should")]
    [InlineData("{{first_name", "HTML, line 1, column 1: this {{ is never closed")]
    [InlineData("{{first_name 'x}}", "HTML, line 1, column 1: this {{ is never closed")]
    [InlineData("{{}}", "HTML, line 1, column 3: this tag is empty.")]
    [InlineData("{{7*7}}", "HTML, line 1, column 3: there is no helper '7'.")]
    [InlineData("{{''.class}}", "HTML, line 1, column 5: ")]
    [InlineData("{{first_name.Length}}", "there is no field 'first_name.Length'")]
    [InlineData("{{this}}", "means something only between")]
    [InlineData("{{> footer}}", "other templates cannot be included here.")]
    [InlineData("{{#>layout}}x{{/layout}}", "other templates cannot be included here.")]
    [InlineData("{{#with first_name}}x{{/with}}", "there is no block 'with'. Known are if, unless and each.")]
    [InlineData("{{{first_name}}}", "contact data is always escaped: write two braces, not three.")]
    [InlineData("{{&first_name}}", "contact data is always escaped")]
    [InlineData("{{lookup this 'x'}}", "there is no helper 'lookup'")]
    [InlineData("{{date first_name 'd'}}", "'date' needs a field that holds a date.")]
    [InlineData("{{number birthday}}", "'number' needs a field that holds a number.")]
    [InlineData("{{date birthday 'd' culture='xx-nowhere'}}", "there is no culture 'xx-nowhere'")]
    [InlineData("{{date birthday '%'}}", "is no format for a date")]
    [InlineData("{{#if (eq plan)}}x{{/if}}", "'eq' takes 2 values, not 1.")]
    [InlineData("{{#if plan gold}}x{{/if}}", "only one field or comparison can stand here")]
    [InlineData("{{#if}}x{{/if}}", "this block needs a field or a comparison")]
    [InlineData("{{first_name falback='x'}}", "there is no option 'falback' here; fallback=\"…\" is one.")]
    public void A_broken_template_is_refused_with_its_place(string template, string expected) =>
        Assert.Contains(expected, Drafts.Fault(template), StringComparison.Ordinal);

    [Fact]
    public void Every_fault_of_a_draft_is_named_at_once()
    {
        var faults = Drafts.Compile("{{nope}}\n{{nada}}", "{{nil}}", "{{none}}").Faults;

        Assert.Equal(["subject 1", "HTML 1", "HTML 2", "text 1"], faults.Select(f => $"{f.Part} {f.Line}"));
    }

    [Fact]
    public void Contact_data_is_never_read_as_a_template()
    {
        var mallory = Drafts.Ann(("first_name", "{{email}}{{#each interests}}{{/each}}"));

        Assert.Equal("Hello {{email}}{{#each interests}}{{/each}}", Drafts.Text("Hello {{first_name}}", mallory));
    }

    [Fact]
    public void A_subject_is_one_line() =>
        Assert.Equal("Hello Ann Bcc: x", Drafts.Subject("Hello {{first_name}}", Drafts.Ann(("first_name", "Ann\nBcc: x"))));

    [Fact]
    public void Depth_is_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("{{#if vip}}", 25)) + string.Concat(Enumerable.Repeat("{{/if}}", 25));

        Assert.Contains(Drafts.Compile(deep, "x").Faults, f => f.What.Contains("more than 20 deep", StringComparison.Ordinal));
    }

    [Fact]
    public void Output_is_bounded_and_the_reason_is_in_the_ledger()
    {
        var content = Drafts.Compile("<p>{{#each interests}}{{#each interests}}" + new string('x', 2000) + "{{/each}}{{/each}}</p>", "x");
        var greedy = Drafts.Ann(("interests", (IReadOnlyList<string>)[.. Enumerable.Repeat("a", 90)]));

        var skipped = Assert.IsType<Delivery.ComposedMessage.Skipped>(Drafts.Compose(content, Sealing.New(), greedy));
        Assert.Equal("template: the message would be larger than 1,048,576 bytes", skipped.Reason);
    }

    [Fact]
    public void Turns_of_loops_are_bounded()
    {
        var content = Drafts.Compile("<p>{{#each interests}}{{#each interests}}.{{/each}}{{/each}}</p>", "x");
        var greedy = Drafts.Ann(("interests", (IReadOnlyList<string>)[.. Enumerable.Repeat("a", 200)]));

        var skipped = Assert.IsType<Delivery.ComposedMessage.Skipped>(Drafts.Compose(content, Sealing.New(), greedy));
        Assert.Equal("template: more than 10,000 turns of its loops", skipped.Reason);
    }

    /// <summary>What both languages have must mean the same in both.</summary>
    [Theory]
    [InlineData("Hello {{first_name}} & {{{email}}}")]
    [InlineData("{{#if vip}}a{{else}}b{{/if}} {{#unless city}}c{{/unless}}")]
    [InlineData("{{#if city}}a{{else if vip}}b{{else}}c{{/if}}")]
    [InlineData("x\n{{#if vip}}\n  y\n{{else}}\n  z\n{{/if}}\nend")]
    [InlineData("{{#each interests}}{{@index}}:{{this}}{{#unless @last}},{{/unless}}{{/each}}")]
    [InlineData("a {{~#if vip~}} b {{~/if~}} c")]
    [InlineData("a{{! note }}b{{!-- {{note}} --}}c")]
    [InlineData("  {{#if vip}}  \nkept\n  {{/if}}  \n")]
    public void Handlebars_itself_agrees(string template)
    {
        var values = new Dictionary<string, object> { ["first_name"] = "Ann", ["email"] = "ann@example.com", ["vip"] = true, ["interests"] = new[] { "tea", "jazz" } };
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { FormatProvider = CultureInfo.InvariantCulture });
        var expected = handlebars.Compile(template)(values);

        var ours = Drafts.Text(template.Replace("{{{email}}}", "{{email}}", StringComparison.Ordinal), Drafts.Ann(("first_name", "Ann"), ("vip", true), ("interests", (IReadOnlyList<string>)["tea", "jazz"])));
        Assert.Equal(expected, ours);
    }
}
