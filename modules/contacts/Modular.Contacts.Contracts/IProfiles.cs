namespace Modular.Contacts;

/// <summary>Opens contacts: the personal data itself. Only what composes mail or shows a person asks for it.</summary>
public interface IProfiles
{
    /// <summary>The profiles of these contacts, at most 1,000 at once, in any order; a deleted contact is absent.</summary>
    Task<IReadOnlyList<Profile>> OpenAsync(TenantId tenant, IReadOnlyCollection<long> contactIds, CancellationToken ct);

    /// <summary>The one contact with this address; null when there is none.</summary>
    Task<Profile?> FindAsync(TenantId tenant, EmailAddress email, CancellationToken ct);

    /// <summary>The fields this tenant knows, for merge tags and previews.</summary>
    Task<IReadOnlyList<FieldDefinition>> FieldsAsync(TenantId tenant, CancellationToken ct);
}

/// <param name="Fields">By field name; the value's type follows the definition: string, decimal, bool, DateOnly, DateTimeOffset, or IReadOnlyList of string. Absent when empty.</param>
public sealed record Profile(long ContactId, EmailAddress Email, IReadOnlyDictionary<string, object> Fields);

/// <param name="Name">The merge tag and column word: lower-case letters, digits, underscore; starts with a letter.</param>
/// <param name="IsPersonal">Sealed in the profile; SQL cannot see it.</param>
/// <param name="IsSearchable">A personal field that can be compared for equality through a blind index.</param>
public sealed record FieldDefinition(string Name, string Label, FieldType Type, bool IsPersonal, bool IsSearchable, IReadOnlyList<string> Choices);

public enum FieldType
{
    Text,
    Number,
    Boolean,
    Date,
    DateTime,
    Choice,
    MultiChoice,
}
