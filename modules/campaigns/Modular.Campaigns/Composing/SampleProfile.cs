using Modular.Contacts;

namespace Modular.Campaigns.Composing;

/// <summary>A person who does not exist, with a value in every field: for previews and test mails to nobody in particular.</summary>
internal static class SampleProfile
{
    public static Profile Of(IEnumerable<FieldDefinition> fields) => new(0, EmailAddress.Parse("ann.sample@example.com"), fields
        .ToDictionary(f => f.Name, f => f.Type switch
        {
            FieldType.Number => 42m,
            FieldType.Boolean => true,
            FieldType.Date => new DateOnly(1990, 5, 17),
            FieldType.DateTime => new DateTimeOffset(2024, 5, 17, 10, 30, 0, TimeSpan.Zero),
            FieldType.Choice => f.Choices is [var first, ..] ? first : f.Label,
            FieldType.MultiChoice => f.Choices.Count > 0 ? f.Choices : (IReadOnlyList<string>)[f.Label],
            _ => (object)(f.Name switch { "first_name" => "Ann", "last_name" => "Sample", _ => f.Label }),
        }, StringComparer.Ordinal));
}
