using System.Net.Http.Json;
using Microsoft.Playwright;
using Modular.Browser.Tests.Console;

namespace Modular.Browser.Tests;

/// <summary>A role with limits, made by mouse and keyboard, and read again.</summary>
[Collection(InTheConsole.Name)]
public sealed class RolePageTests(ConsoleFixture console)
{
    [Theory]
    [InlineData("light", 1440, "Press desk")]
    [InlineData("dark", 390, "Press phone")]
    public async Task A_role_is_limited_by_the_names_of_lists_and_domains(string theme, int width, string name)
    {
        var ct = TestContext.Current.CancellationToken;
        var (list, domain) = ($"List of {name}", $"press{width}.acme.example");
        await using var visit = await console.VisitAsync(signedIn: false, theme: theme, width: width);
        using var lists = await console.Api.PostAsJsonAsync("/api/v1/lists", new { name = list }, ct);
        using var domains = await console.Api.PostAsJsonAsync("/api/v1/sending-domains", new { domain }, ct);
        Assert.True(lists.IsSuccessStatusCode && domains.IsSuccessStatusCode);
        await visit.Page.SetViewportSizeAsync(1440, 900);   // the sign-in looks for the menu, which a phone folds away
        await visit.SignInAsync(ConsoleFixture.Address, console.Password);
        await visit.Page.SetViewportSizeAsync(width, 900);

        await visit.GoAsync("/settings/roles/edit");
        await visit.Page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await visit.Page.GetByLabel("contacts.read", new() { Exact = true }).CheckAsync();
        await visit.Page.GetByLabel("audit.read", new() { Exact = true }).CheckAsync();
        await visit.Page.GetByLabel("Only these lists", new() { Exact = true }).CheckAsync();
        await visit.Page.GetByLabel(list, new() { Exact = true }).CheckAsync();
        await visit.Page.GetByLabel("Only these sending domains", new() { Exact = true }).CheckAsync();
        await visit.Page.GetByLabel(domain, new() { Exact = true }).CheckAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("cannot hold audit.read")).ToBeVisibleAsync();
        await visit.PictureAsync($"role-refused-{width}-{theme}");
        Assert.True(await visit.FaultsAsync() is [], string.Join("; ", await visit.FaultsAsync()));

        await visit.Page.GetByLabel("audit.read", new() { Exact = true }).UncheckAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByLabel("Only these lists", new() { Exact = true })).ToBeCheckedAsync();
        await Assertions.Expect(visit.Page.GetByLabel(list, new() { Exact = true })).ToBeCheckedAsync();
        await Assertions.Expect(visit.Page.GetByLabel(domain, new() { Exact = true })).ToBeCheckedAsync();
        await visit.PictureAsync($"role-{width}-{theme}");
        Assert.True(await visit.FaultsAsync() is [], string.Join("; ", await visit.FaultsAsync()));
    }
}
