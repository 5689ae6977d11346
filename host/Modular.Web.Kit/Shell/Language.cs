using System.Globalization;

namespace Modular.Web.Kit;

internal static class Language
{
    /// <summary>The language of the page's words, for its <c>lang</c> attribute.</summary>
    public static string Tag => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
}
