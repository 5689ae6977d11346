using Modular.Contacts.Segments;

namespace Modular.Contacts;

/// <summary>
/// Whose contacts are meant: all of a tenant's, or those on some of its lists. What reads or changes people for somebody takes one instead of a tenant, so that
/// no query can forget the limit; <see cref="SegmentSql"/> puts it into every search, count and audience.
/// </summary>
/// <param name="Lists">Null: all contacts, those on no list too. Empty: none.</param>
internal readonly record struct Reach(TenantId Tenant, long[]? Lists)
{
    public bool IsWhole => Lists is null;

    public static Reach Of(Caller caller) => new(caller.Tenant, caller.Limits.Lists?.ToArray());

    /// <summary>For the suite's own work: workers, commands, what other modules tell.</summary>
    public static Reach Whole(TenantId tenant) => new(tenant, null);

    public bool Holds(long listId) => Lists is null || Lists.Contains(listId);

    /// <param name="lists">All lists that a contact is on.</param>
    public bool Sees(IEnumerable<long> lists) => Lists is null || lists.Any(Lists.Contains);
}
