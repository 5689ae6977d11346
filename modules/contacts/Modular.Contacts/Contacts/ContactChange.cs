using System.Text.Json;
using System.Text.Json.Nodes;
using Modular.Contacts.Fields;

namespace Modular.Contacts;

/// <summary>A contact's values, opened to be changed: what is set differs from what was there, or nothing is written.</summary>
internal sealed class ContactChange
{
    private readonly SortedList<long, object> _personal;
    private readonly SortedList<string, object> _open;

    private ContactChange(string email, SortedList<long, object> personal, SortedList<string, object> open)
    {
        Email = email;
        _personal = personal;
        _open = open;
    }

    /// <summary>As it was typed first: another case of the same address is no change.</summary>
    public string Email { get; private set; }

    public bool HasChanged { get; private set; }

    public IReadOnlyDictionary<long, object> Personal => _personal;

    /// <param name="profile">The plain profile.</param>
    /// <param name="openFields">As in the table; null when there are none.</param>
    public static ContactChange Open(ReadOnlySpan<byte> profile, string? openFields, FieldSet fields)
    {
        var (email, personal) = ProfileCodec.Decode(profile);
        return new ContactChange(email, personal, OpenFields.Read(openFields, fields));
    }

    public static ContactChange New(EmailAddress email) => new(email.Text, [], new(StringComparer.Ordinal)) { HasChanged = true };

    /// <param name="value">Null clears the field.</param>
    public void Set(Field field, object? value)
    {
        if (field.Definition.IsPersonal) Set(_personal, field.Id, value);
        else Set(_open, field.Name, value);
    }

    /// <summary>Another address, or another way to write it.</summary>
    public void SetEmail(EmailAddress email)
    {
        if (Email == email.Text) return;
        Email = email.Text;
        HasChanged = true;
    }

    public ReadOnlySpan<byte> Encode(ProfileBuffer buffer) => ProfileCodec.Encode(buffer, Email, _personal);

    /// <summary>For the table's <c>open_fields</c>; null when there are none.</summary>
    public string? OpenJson() => _open.Count == 0 ? null : OpenFields.Write(_open);

    private void Set<TKey>(SortedList<TKey, object> values, TKey key, object? value) where TKey : notnull
    {
        if (FieldJson.Same(values.GetValueOrDefault(key), value)) return;
        HasChanged = true;
        if (value is null) values.Remove(key);
        else values[key] = value;
    }
}

/// <summary>The fields that SQL sees, as they stand in <c>contact.open_fields</c>.</summary>
internal static class OpenFields
{
    /// <summary>Fields that were deleted meanwhile are left out.</summary>
    public static SortedList<string, object> Read(string? json, FieldSet fields)
    {
        var values = new SortedList<string, object>(StringComparer.Ordinal);
        if (json is null) return values;
        using var document = JsonDocument.Parse(json);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (fields.Find(member.Name) is { Definition.IsPersonal: false } field && FieldJson.FromStored(field.Definition, member.Value) is { } value) values.Add(member.Name, value);
        }
        return values;
    }

    public static string Write(IEnumerable<KeyValuePair<string, object>> values)
    {
        var json = new JsonObject();
        foreach (var (name, value) in values) json.Add(name, FieldJson.ToNode(value));
        return json.ToJsonString();
    }
}
