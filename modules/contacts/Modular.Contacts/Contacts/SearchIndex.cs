using Modular.Contacts.Fields;
using Modular.Contacts.Segments;

namespace Modular.Contacts;

/// <summary>Blind indexes of searchable personal fields: equal texts of one field have equal indexes, whatever the case of A to Z.</summary>
internal static class SearchIndex
{
    public static Guid Of(ISealer sealer, TenantId tenant, Field field, string value) =>
        sealer.Index(tenant, "field." + field.Name, TextFold.Fold(value));

    /// <summary>All of a profile's; null when it has none.</summary>
    public static Guid[]? All(ISealer sealer, TenantId tenant, FieldSet fields, IReadOnlyDictionary<long, object> personal)
    {
        List<Guid>? indexes = null;
        foreach (var (id, value) in personal)
        {
            if (value is string text && fields.Find(id) is { Definition.IsSearchable: true } field) (indexes ??= []).Add(Of(sealer, tenant, field, text));
        }
        return indexes?.ToArray();
    }
}
