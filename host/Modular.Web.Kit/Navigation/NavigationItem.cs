namespace Modular.Web.Kit;

/// <summary>The left menu's groups, in the order they stand.</summary>
public enum NavigationGroup
{
    Dashboard,
    Contacts,
    Campaigns,
    Analysis,
    Delivery,
    Compliance,
    Settings,

    /// <summary>For operators, instead of a tenant's groups.</summary>
    Installation,
}

/// <summary>One entry of the left menu, contributed by the module whose page it opens.</summary>
/// <param name="Path">Local path of the page; it is also the prefix by which the menu knows where the visitor is.</param>
/// <param name="Order">Place within the group, ascending; leave gaps of ten.</param>
/// <param name="Permission">One of <see cref="Kernel.Access.Permissions"/>; who lacks it does not see the entry. Null: everybody signed in.</param>
/// <param name="ClosedTo">Whose role has one of these limits does not see it either.</param>
public sealed record NavigationItem(NavigationGroup Group, string Label, string Path, int Order, string? Permission = null, LimitKinds ClosedTo = 0);
