using Modular.Contacts;

namespace Modular.Campaigns.Composing;

/// <summary>A draft's HTML as a sample recipient would see it; links lead where the author wrote.</summary>
internal static class Preview
{
    public static ReadOnlyMemory<byte> Of(string html, IReadOnlyList<FieldDefinition> fields)
    {
        var content = CompiledContent.Compile(new Content("", html, "-"), TemplateFields.Of(fields));
        var scope = new Scope();
        scope.Open(SampleProfile.Of(fields), RecipientLinks.None);
        var output = new Utf8Output();
        foreach (var segment in content.HtmlPart) segment.Write(output, scope);
        return output.Written.ToArray();
    }
}
