using System.Text;
using Modular.Contacts;
using Modular.Delivery;

namespace Modular.Campaigns.Composing;

/// <summary>A frozen revision, ready to be written for one recipient after the other. Immutable; each thread brings a <see cref="Desk"/>.</summary>
internal sealed class CompiledRevision(long revisionId, CompiledContent content, SharedHeader header)
{
    public long RevisionId => revisionId;

    /// <summary>What of a message is worked on at a time.</summary>
    internal sealed class Desk(RecipientLinks links)
    {
        public RecipientLinks Links => links;

        public Scope Scope { get; } = new();

        public Utf8Output Output { get; } = new();
    }

    public ComposedMessage Compose(Desk desk, Profile profile, long recipientId, EmailAddress? testTo)
    {
        desk.Links.Turn(recipientId, isTest: testTo is not null);
        desk.Scope.Open(profile, desk.Links);
        var subject = Encoding.UTF8.GetString(Write(desk, content.Subject).Span);
        var text = Write(desk, content.TextPart);
        var isCut = desk.Output.IsFull;
        var html = Write(desk, content.HtmlPart);
        if (isCut || desk.Output.IsFull) return new ComposedMessage.Skipped($"template: the message would be larger than {Utf8Output.MaxBytes:N0} bytes");
        if (desk.Scope.Iterations >= Scope.MaxIterations) return new ComposedMessage.Skipped($"template: more than {Scope.MaxIterations:N0} turns of its loops");
        return new ComposedMessage.Message(header, testTo ?? profile.Email, null, subject, text, html, desk.Links.Unsubscribe());
    }

    /// <summary>The HTML alone, for a browser.</summary>
    public ReadOnlyMemory<byte> Html(Desk desk, Profile profile, long recipientId, bool isTest)
    {
        desk.Links.Turn(recipientId, isTest);
        desk.Scope.Open(profile, desk.Links);
        return Write(desk, content.HtmlPart);
    }

    private static ReadOnlyMemory<byte> Write(Desk desk, Segment[] segments)
    {
        desk.Output.Clear();
        foreach (var segment in segments) segment.Write(desk.Output, desk.Scope);
        return desk.Output.Written.ToArray();
    }
}
