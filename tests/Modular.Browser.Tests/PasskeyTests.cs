using Microsoft.Playwright;
using Modular.Browser.Tests.Console;

namespace Modular.Browser.Tests;

/// <summary>Passkeys with the browser's own virtual authenticator, which is asked as a real one is.</summary>
[Collection(InTheConsole.Name)]
public sealed class PasskeyTests(ConsoleFixture console)
{
    [Fact]
    public async Task A_passkey_is_added_signs_in_alone_is_a_second_factor_and_goes_again()
    {
        await using var visit = await console.VisitAsync(signedIn: false, theme: "dark", width: 390);
        var page = visit.Page;
        await AddAuthenticatorAsync(page);
        await SignInAsync(page);
        await Assertions.Expect(page.Locator("#main h1").First).ToBeVisibleAsync();

        await page.GotoAsync(At("/account/factors/new-passkey"));
        await page.GetByLabel("Name").FillAsync("Laptop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "The passkey is added" })).ToBeVisibleAsync();
        await visit.PictureAsync("recovery-codes");
        Assert.Empty(await visit.FaultsAsync());
        await page.GotoAsync(At("/account/factors"));
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Laptop", Exact = true })).ToBeVisibleAsync();
        await visit.PictureAsync("factors");
        Assert.Empty(await visit.FaultsAsync());

        // Alone: neither address nor password.
        await page.Context.ClearCookiesAsync();
        await page.GotoAsync(At("/sign-in?return=%2Faccount%2Ffactors"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Second factors" })).ToBeVisibleAsync();

        // After the password, which opens nothing by itself any more.
        await page.Context.ClearCookiesAsync();
        await SignInAsync(page);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Second factor" })).ToBeVisibleAsync();
        await visit.PictureAsync("sign-in-factor");
        Assert.Empty(await visit.FaultsAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
        await page.WaitForURLAsync(At("/"));

        await page.GotoAsync(At("/account/factors"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove Laptop" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove Laptop" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No second factor yet")).ToBeVisibleAsync();

        await page.Context.ClearCookiesAsync();
        await page.GotoAsync(At("/sign-in"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
        await Assertions.Expect(page.GetByText("This passkey is not known here")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_visitor_who_has_no_passkey_is_told_so_and_can_go_on()
    {
        await using var visit = await console.VisitAsync(signedIn: false);
        await AddAuthenticatorAsync(visit.Page);
        await visit.Page.GotoAsync(At("/sign-in"));
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();

        await Assertions.Expect(visit.Page.GetByText("No passkey was shown")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" })).ToBeEnabledAsync();
    }

    /// <summary>Passkeys belong to a name, and an IP address is none.</summary>
    private string At(string path) => $"http://localhost:{console.Url.Port}{path}";

    private async Task SignInAsync(IPage page)
    {
        await page.GotoAsync(At("/sign-in"));
        await page.GetByLabel("address", new() { Exact = false }).FillAsync(ConsoleFixture.Address);
        await page.GetByLabel("Password").FillAsync(console.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page).Not.ToHaveURLAsync(At("/sign-in"));
    }

    private static async Task AddAuthenticatorAsync(IPage page)
    {
        var browser = await page.Context.NewCDPSessionAsync(page);
        await browser.SendAsync("WebAuthn.enable");
        await browser.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
    }
}
