using System.Text;
using Modular.Campaigns.Composing;
using Modular.Contacts;
using Modular.Delivery;

namespace Modular.Campaigns.Tests.Composing;

/// <summary>Short ways to compile and write templates.</summary>
internal static class Drafts
{
    public static readonly TenantId Tenant = new(0x0123456789);

    public static readonly IReadOnlyList<FieldDefinition> Fields =
    [
        Field("first_name", FieldType.Text), Field("city", FieldType.Text), Field("plan", FieldType.Choice), Field("points", FieldType.Number),
        Field("vip", FieldType.Boolean), Field("birthday", FieldType.Date), Field("seen_at", FieldType.DateTime), Field("interests", FieldType.MultiChoice),
        Field("homepage", FieldType.Text), Field("date", FieldType.Text),
    ];

    public static readonly TemplateFields Known = TemplateFields.Of(Fields);

    public static Profile Ann(params (string Name, object Value)[] values) =>
        new(7, EmailAddress.Parse("ann@example.com"), values.ToDictionary(v => v.Name, v => v.Value));

    public static CompiledContent Compile(string html, string text = "", string subject = "Hello") =>
        CompiledContent.Compile(new Content(subject, html, text), Known);

    /// <summary>The HTML as a preview shows it: links lead where the author wrote.</summary>
    public static string Preview(string html, Profile profile) => Write(Compile(html), c => c.HtmlPart, profile);

    public static string Text(string text, Profile profile) => Write(Compile("<p>x</p>", text), c => c.TextPart, profile);

    public static string Subject(string subject, Profile profile) => Write(Compile("<p>x</p>", "x", subject), c => c.Subject, profile);

    /// <summary>The only fault, as its reader sees it.</summary>
    public static string Fault(string html) => Assert.Single(Compile(html, "x").Faults).ToString();

    public static ComposedMessage Compose(CompiledContent content, ISealer sealer, Profile profile, long recipientId = 5)
    {
        var header = new SharedHeader(EmailAddress.Parse("news@acme.example"), "Acme", null, "list.acme.example", "1:2:3:4");
        var revision = new CompiledRevision(11, content, header);
        return revision.Compose(new CompiledRevision.Desk(new RecipientLinks(sealer, new Uri("http://127.0.0.1:8080"), Tenant, 11)), profile, recipientId, null);
    }

    private static string Write(CompiledContent content, Func<CompiledContent, Segment[]> part, Profile profile)
    {
        Assert.Empty(content.Faults);
        var scope = new Scope();
        scope.Open(profile, RecipientLinks.None);
        var output = new Utf8Output();
        foreach (var segment in part(content)) segment.Write(output, scope);
        Assert.False(output.IsFull);
        return Encoding.UTF8.GetString(output.Written);
    }

    private static FieldDefinition Field(string name, FieldType type) => new(name, name, type, false, false, []);
}
