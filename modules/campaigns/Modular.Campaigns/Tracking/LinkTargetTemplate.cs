using System.Text;
using Modular.Campaigns.Composing;
using Modular.Contacts;

namespace Modular.Campaigns.Tracking;

/// <summary>Where one tracked link leads: for everyone the same, or with the recipient's own values behind its host.</summary>
internal sealed class LinkTargetTemplate
{
    private readonly Segment[] _segments;

    public LinkTargetTemplate(string source)
    {
        // It was checked when it was frozen, so there are no faults to look at.
        _segments = TextTemplate.Compile(TemplateParser.Parse(source, TemplateFields.Any, new TemplateFaults("link", source)), Escape.Url);
        if (_segments is [Segment.Static { Utf8: var whole }]) Fixed = Encoding.UTF8.GetString(whole);
    }

    /// <summary>The address when it is the same for everyone; else null.</summary>
    public string? Fixed { get; }

    public string For(Profile profile)
    {
        var scope = new Scope();
        scope.Open(profile, RecipientLinks.None);
        var output = new Utf8Output();
        foreach (var segment in _segments) segment.Write(output, scope);
        return Encoding.UTF8.GetString(output.Written);
    }
}
