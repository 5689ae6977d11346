using System.Collections.Frozen;
using System.Globalization;

namespace Modular.Tenancy.Roles;

/// <summary>What a tenant's row says of a role: names and ids, each separated by one blank.</summary>
/// <param name="Lists">Null: all.</param>
/// <param name="SendingDomains">Null: all.</param>
internal sealed record StoredRole(string Permissions, string? Lists, string? SendingDomains)
{
    /// <returns>Null when there is no row, as after a left join.</returns>
    public static StoredRole? Of(string? permissions, string? lists, string? sendingDomains) => permissions is null ? null : new StoredRole(permissions, lists, sendingDomains);

    public static StoredRole Of(IEnumerable<string> permissions, Limits limits) => new(
        Joined(permissions),
        limits.Lists is { } lists ? string.Join(' ', lists.Order()) : null,
        limits.SendingDomains is { } domains ? Joined(domains) : null);

    public IEnumerable<string> PermissionNames => Words(Permissions);

    public Limits Limits => new(
        Lists is null ? null : Words(Lists).Select(word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0).ToFrozenSet(),
        SendingDomains is null ? null : Words(SendingDomains).ToFrozenSet(StringComparer.Ordinal));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Joined(IEnumerable<string> words) => string.Join(' ', words.Order(StringComparer.Ordinal));
}
