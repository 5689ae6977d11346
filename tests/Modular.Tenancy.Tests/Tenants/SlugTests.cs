using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Tests.Tenants;

public sealed class SlugTests
{
    [Theory]
    [InlineData("ab")]
    [InlineData("acme-shoes-2")]
    [InlineData("0123456789012345678901234567890123456789")]
    public void A_word_in_paths_is_taken(string slug) => Assert.True(Slug.TryParse(slug, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("01234567890123456789012345678901234567890")]
    [InlineData("Acme")]
    [InlineData("-acme")]
    [InlineData("acme-")]
    [InlineData("ac me")]
    [InlineData("acmé")]
    [InlineData("../etc")]
    [InlineData("a.b")]
    [InlineData("acme\n")]
    public void Anything_else_is_refused_with_an_example(string? slug)
    {
        Assert.False(Slug.TryParse(slug, out var fault));
        Assert.Contains("acme", fault.Detail, StringComparison.Ordinal);
    }
}
