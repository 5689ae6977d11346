using Microsoft.AspNetCore.Http;

namespace Modular.Web.Kit.Navigation;

/// <summary>The left menu as one visitor sees it on one page.</summary>
internal sealed class NavigationMenu(IEnumerable<NavigationItem> contributed)
{
    private readonly NavigationItem[] _items = [.. contributed.OrderBy(item => item.Group).ThenBy(item => item.Order).ThenBy(item => item.Label, StringComparer.Ordinal)];

    /// <param name="Entries">At least one. A group with a single entry is shown as that entry alone.</param>
    public sealed record Group(NavigationGroup Name, IReadOnlyList<NavigationItem> Entries, bool IsCurrent)
    {
        public string Label => Text.Get("Group" + Name);

        public string Icon => Name.ToString().ToLowerInvariant();
    }

    public IReadOnlyList<Group> For(Caller? caller, PathString path)
    {
        var current = Current(path);
        return [.. _items
            .Where(item => item.Permission is null || caller?.May(item.Permission) == true && (caller.Limits.Kinds & item.ClosedTo) == 0)
            .GroupBy(item => item.Group)
            .Select(group => new Group(group.Key, [.. group], group.Key == current?.Group))];
    }

    /// <summary>The entry whose path is the longest prefix of the page's.</summary>
    public NavigationItem? Current(PathString path) => _items
        .Where(item => path.StartsWithSegments(item.Path, StringComparison.OrdinalIgnoreCase) || (item.Path is "/" && path == "/"))
        .MaxBy(item => item.Path.Length);
}
