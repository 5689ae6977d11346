using System.Globalization;
using System.Resources;

namespace Modular.Web.Kit;

/// <summary>The kit's own words, from <c>Texts.resx</c> in the language of the request.</summary>
internal static class Text
{
    private static readonly ResourceManager Source = new("Modular.Web.Kit.Texts", typeof(Text).Assembly);

    public static string Get(string key) =>
        Source.GetString(key, CultureInfo.CurrentUICulture) ?? throw new MissingManifestResourceException($"Texts.resx has no '{key}'.");

    public static string Get(string key, params ReadOnlySpan<object?> values) =>
        string.Format(CultureInfo.CurrentCulture, Get(key), values);
}
