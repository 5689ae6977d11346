using Modular.Contacts.Fields;

namespace Modular.Contacts.Tests;

/// <summary>A field of each type, personal and open.</summary>
internal static class Samples
{
    public static readonly FieldSet Fields = new(
    [
        Field(1, "first_name", FieldType.Text, isPersonal: true),
        Field(2, "last_name", FieldType.Text, isPersonal: true),
        Field(3, "customer_no", FieldType.Text, isPersonal: true, isSearchable: true),
        Field(4, "birthday", FieldType.Date, isPersonal: true),
        Field(5, "city", FieldType.Text),
        Field(6, "orders", FieldType.Number),
        Field(7, "is_member", FieldType.Boolean),
        Field(8, "since", FieldType.Date),
        Field(9, "last_seen", FieldType.DateTime),
        Field(10, "size", FieldType.Choice, choices: ["S", "M", "L"]),
        Field(11, "tags", FieldType.MultiChoice),
        Field(12, "salary", FieldType.Number, isPersonal: true),
        Field(13, "hobbies", FieldType.MultiChoice, isPersonal: true),
        Field(14, "login_at", FieldType.DateTime, isPersonal: true),
        Field(15, "smoker", FieldType.Boolean, isPersonal: true),
    ]);

    /// <summary>What every tenant begins with.</summary>
    public static readonly FieldSet NewTenant = new([Field(1, "first_name", FieldType.Text, isPersonal: true), Field(2, "last_name", FieldType.Text, isPersonal: true)]);

    private static Field Field(long id, string name, FieldType type, bool isPersonal = false, bool isSearchable = false, string[]? choices = null) =>
        new(id, new FieldDefinition(name, name, type, isPersonal, isSearchable, choices ?? []));
}
