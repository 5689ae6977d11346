using Microsoft.Playwright;
using Modular.Browser.Tests.Console;

namespace Modular.Browser.Tests;

[Collection(InTheConsole.Name)]
public sealed class SignInTests(ConsoleFixture console)
{
    [Fact]
    public async Task A_visitor_who_has_not_signed_in_is_asked_to_and_then_arrives_where_they_wanted()
    {
        await using var visit = await console.VisitAsync(signedIn: false);
        await visit.GoAsync("/");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await visit.SignInAsync(ConsoleFixture.Address, console.Password);
        await Assertions.Expect(visit.Page.Locator(".tenant-name")).ToHaveTextAsync("Acme Outdoor");
    }

    [Fact]
    public async Task A_wrong_password_says_so_and_keeps_the_address()
    {
        await using var visit = await console.VisitAsync(signedIn: false);
        await visit.GoAsync("/sign-in");
        await visit.Page.GetByLabel("address", new() { Exact = false }).FillAsync(ConsoleFixture.Address);
        await visit.Page.GetByLabel("Password").FillAsync("not this one");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByLabel("address", new() { Exact = false })).ToHaveValueAsync(ConsoleFixture.Address);
        Assert.Empty(await visit.FaultsAsync());
    }

    [Fact]
    public async Task The_chosen_theme_is_there_from_the_first_byte_of_the_next_page()
    {
        await using var visit = await console.VisitAsync(theme: "light");
        await visit.GoAsync("/");
        await visit.Page.Locator(".account summary").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Dark" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        var page = await visit.Page.APIRequest.GetAsync("/");
        Assert.Contains("data-theme=\"dark\"", await page.TextAsync(), StringComparison.Ordinal);
    }
}
