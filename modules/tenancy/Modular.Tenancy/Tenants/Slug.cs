using System.Diagnostics.CodeAnalysis;

namespace Modular.Tenancy.Tenants;

/// <summary>A tenant's word in paths: 2 to 40 lower-case letters, digits and hyphens, with no hyphen at either end.</summary>
internal static class Slug
{
    private const int Shortest = 2;
    private const int Longest = 40;

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(false)] out BadSlug? fault)
    {
        var isRight = text is { Length: >= Shortest and <= Longest } && text[0] is not '-' && text[^1] is not '-' && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-');
        fault = isRight ? null : new BadSlug(text ?? "");
        return isRight;
    }
}
