using Microsoft.AspNetCore.Http;

namespace Modular.Web.Kit;

/// <summary>The page's heading, which is also the browser tab's: written by the page, read by the layout that is rendered after it.</summary>
internal static class PageTitle
{
    private static readonly object Key = new();

    public static void Set(HttpContext context, string title) => context.Items[Key] = title;

    public static string Of(HttpContext context) => context.Items.TryGetValue(Key, out var title) ? (string)title! /* only Set writes it */ : "Modular";
}
