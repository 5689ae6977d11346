namespace Modular.Mail.Mime;

/// <summary>Puts text, HTML, the images that it shows and attached files together as mail programs expect them.</summary>
public sealed class BodyBuilder
{
    /// <summary>Null leaves the part out.</summary>
    public string? TextBody { get; set; }

    /// <summary>Null leaves the part out.</summary>
    public string? HtmlBody { get; set; }

    /// <summary>What the HTML shows by <c>cid:</c>; each with a <see cref="Attachment.ContentId"/>.</summary>
    public IList<Attachment> LinkedResources { get; } = [];

    /// <summary>Files beside the text.</summary>
    public IList<Attachment> Attachments { get; } = [];

    /// <summary>
    /// Alternatives with the plainest first (RFC 2046 §5.1.4), the images together with the HTML (RFC 2387 §3), all of it before the files
    /// (RFC 2046 §5.1.3). No multipart that would hold one part alone. With nothing at all, an empty text.
    /// </summary>
    /// <exception cref="InvalidOperationException">A linked resource has no Content-ID, or there is no HTML to show it.</exception>
    public MimePart ToMessageBody()
    {
        if (LinkedResources.Any(linked => linked.ContentId is null) || (LinkedResources.Count > 0 && HtmlBody is null))
            throw new InvalidOperationException("A linked resource has a Content-ID, and HTML that shows it; add other files as attachments.");
        var bodies = new List<MimePart>(2);
        if (TextBody is not null || HtmlBody is null)
            bodies.Add(MimePart.Text(TextBody ?? ""));
        if (HtmlBody is not null)
            bodies.Add(Related(MimePart.Text(HtmlBody, "html")));
        var body = bodies.Count is 1 ? bodies[0] : MimePart.Multipart("alternative", bodies);
        return Attachments.Count is 0 ? body : MimePart.Multipart("mixed", [body, .. Attachments.Select(MimePart.File)]);
    }

    private MimePart Related(MimePart html) =>
        LinkedResources.Count is 0 ? html : MimePart.Multipart("related", [html, .. LinkedResources.Select(linked => MimePart.File(linked with { IsInline = true }))]);
}
