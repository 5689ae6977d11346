using Modular.Browser.Tests.Console;

namespace Modular.Browser.Tests;

/// <summary>What holds for each page that the menus lead to, whoever wrote it.</summary>
[Collection(InTheConsole.Name)]
public sealed class EveryPageTests(ConsoleFixture console)
{
    [Theory]
    [InlineData("light", 1440)]
    [InlineData("dark", 1200)]
    [InlineData("light", 390)]
    [InlineData("dark", 390)]
    public async Task Each_page_of_the_menu_obeys_the_policy_fits_the_window_and_can_be_used_by_everyone(string theme, int width)
    {
        await using var menu = await console.VisitAsync();
        foreach (var path in (string[])[.. await menu.MenuAsync(), "/account", "/account/address", "/account/sessions", "/account/factors", "/account/factors/new-app", "/account/factors/new-phone", "/account/factors/new-passkey", "/delivery/captured/sms", "/account/password", "/agreement", "/forgot-password", "/step-up", "/settings/roles/edit", "/settings/users/invite"])
        {
            await using var visit = await console.VisitAsync(theme: theme, width: width);
            await visit.GoAsync(path);
            await visit.PictureAsync($"{(path is "/" ? "dashboard" : path.Trim('/').Replace('/', '-'))}-{width}-{theme}");
            Assert.True(await visit.FaultsAsync() is [], $"{path} at {width} px, {theme}: {string.Join("; ", await visit.FaultsAsync())}");
        }
    }

    [Theory]
    [InlineData("light", 1440)]
    [InlineData("dark", 390)]
    public async Task Each_page_of_those_who_run_the_installation_does_too(string theme, int width)
    {
        const string acme = "/installation/tenants/acme";
        await using var visit = await console.VisitAsync(signedIn: false, theme: theme);
        await visit.SignInAsync(ConsoleFixture.OperatorAddress, console.OperatorPassword);
        await visit.Page.SetViewportSizeAsync(width, 900);
        foreach (var path in (string[])["/", "/installation/tenants", "/installation/tenants/new", acme, acme + "/quota", acme + "/deactivate", acme + "/shred"])
        {
            await visit.GoAsync(path);
            await visit.PictureAsync($"operator-{path.Trim('/').Replace('/', '-')}-{width}-{theme}");
            Assert.True(await visit.FaultsAsync() is [], $"{path} at {width} px, {theme}: {string.Join("; ", await visit.FaultsAsync())}");
        }
    }

    [Fact]
    public async Task Every_page_can_be_read_without_script()
    {
        await using var visit = await console.VisitAsync();
        foreach (var path in await visit.MenuAsync())
        {
            var answer = await visit.Page.APIRequest.GetAsync(path);
            var html = await answer.TextAsync();
            Assert.Contains("<h1", html, StringComparison.Ordinal);
            Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
        }
    }
}
