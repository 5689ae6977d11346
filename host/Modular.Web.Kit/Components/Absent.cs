namespace Modular.Web.Kit.Components;

internal static class Absent
{
    /// <summary>Razor hands <c>attribute="@null"</c> to a string property as an empty string; to a component both mean "not given".</summary>
    public static string? OrNull(this string? attribute) => string.IsNullOrEmpty(attribute) ? null : attribute;
}
