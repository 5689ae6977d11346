namespace Modular.Campaigns.Composing;

/// <summary>What a mail is made of, as the author wrote it.</summary>
/// <param name="Text">Empty: made out of the HTML.</param>
internal sealed record Content(string Subject, string Html, string Text);

/// <summary>Content, read and judged: what the author must mend, and what it uses.</summary>
/// <param name="Text">The text part's template: the author's, or the one made out of the HTML.</param>
/// <param name="Links">Targets of the tracked links; the first has number 1.</param>
internal sealed record CompiledContent(
    Segment[] Subject, Segment[] HtmlPart, Segment[] TextPart, string Text, IReadOnlyList<string> Links,
    bool HtmlCanUnsubscribe, bool TextCanUnsubscribe, IReadOnlyList<TemplateFault> Faults)
{
    /// <summary>Bytes of an HTML part above which Gmail cuts the rest off, the way out included: 102 KB.</summary>
    public const int ClippedAbove = 102 * 1024;

    public static CompiledContent Compile(Content content, TemplateFields fields)
    {
        var subjectFaults = new TemplateFaults("subject", content.Subject);
        var htmlFaults = new TemplateFaults("HTML", content.Html);
        var subject = TemplateParser.Parse(content.Subject, fields, subjectFaults);
        var html = TemplateParser.Parse(content.Html, fields, htmlFaults);
        var compiled = HtmlTemplate.Compile(html, htmlFaults);
        var written = string.IsNullOrWhiteSpace(content.Text) ? PlainText.Of(html) : content.Text;
        var textFaults = new TemplateFaults("text", written);
        var text = TemplateParser.Parse(written, fields, textFaults);
        // A text made out of a faulty HTML repeats its faults at places that nobody wrote.
        var isOwnText = !string.IsNullOrWhiteSpace(content.Text) || htmlFaults.Found.Count == 0;
        return new CompiledContent(
            TextTemplate.Compile(subject, Escape.Line), compiled.Segments, TextTemplate.Compile(text, Escape.Text), written, compiled.Links,
            CanUnsubscribe(html), CanUnsubscribe(text), [.. subjectFaults.Found, .. htmlFaults.Found, .. isOwnText ? textFaults.Found : []]);
    }

    /// <summary>Whether every recipient gets a way out: a link that stands in one branch alone is none.</summary>
    private static bool CanUnsubscribe(IEnumerable<TemplateNode> nodes) => nodes.Any(node => node switch
    {
        ValueNode { Value: Expression.Link { Kind: SystemLink.Unsubscribe or SystemLink.Preferences } } => true,
        IfNode choice => CanUnsubscribe(choice.Then) && CanUnsubscribe(choice.Else),
        _ => false,
    });
}
