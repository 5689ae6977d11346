using Microsoft.Playwright;

namespace Modular.Browser.Tests.Console;

/// <summary>One page in one browser profile, and everything that went wrong in it: console errors, uncaught exceptions, broken policies.</summary>
public sealed class Visit : IAsyncDisposable
{
    private static readonly string Axe = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "axe.min.js"));

    private readonly IBrowserContext _profile;
    private readonly Func<string> _log;
    private readonly List<string> _complaints = [];

    internal Visit(IBrowserContext profile, IPage page, Func<string> log)
    {
        (_profile, _log, Page) = (profile, log, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add("exception: " + error);
    }

    public IPage Page { get; }

    public async Task GoAsync(string path)
    {
        var answer = await Page.GotoAsync(path);
        Assert.True(answer is { Ok: true }, $"{path} answered {answer?.Status}. The suite said:\n{_log()}");
    }

    public async Task SignInAsync(string address, string password)
    {
        await GoAsync("/sign-in");
        await Page.GetByLabel("address", new() { Exact = false }).FillAsync(address);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        var accept = Page.GetByRole(AriaRole.Button, new() { Name = "accept" });
        var menu = Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" });
        await Assertions.Expect(accept.Or(menu).First).ToBeVisibleAsync();
        if (await accept.IsVisibleAsync()) await accept.ClickAsync();
        await Assertions.Expect(menu).ToBeVisibleAsync();
    }

    /// <summary>The profile's cookies, to start another visit with.</summary>
    public Task<string> SessionAsync() => _profile.StorageStateAsync();

    /// <summary>Paths of all entries of the menu, those below each group too.</summary>
    public async Task<IReadOnlyList<string>> MenuAsync()
    {
        await GoAsync("/");
        var found = new List<string>();
        var groups = await Paths(".sidebar .menu-group > a");
        foreach (var group in groups)
        {
            await GoAsync(group);
            found.AddRange(await Paths(".sidebar .menu-group > a, .sidebar .menu-group ul a"));
        }
        Assert.NotEmpty(found);
        return [.. found.Distinct()];

        async Task<string[]> Paths(string selector) => await Page.EvaluateAsync<string[]>("s => [...document.querySelectorAll(s)].map(a => a.getAttribute('href'))", selector);
    }

    /// <summary>Everything this page does wrong: what the browser complained of, what axe finds (WCAG 2.2 AA), and a page wider than the window.</summary>
    public async Task<IReadOnlyList<string>> FaultsAsync()
    {
        var faults = new List<string>(_complaints);
        var found = await Page.EvaluateAsync<string[]>(Axe + """
            ; axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
                .then(r => r.violations.map(v => `axe ${v.id}: ${v.help} (${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(" | ")})`))
            """);
        faults.AddRange(found);
        var wider = await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth");
        if (wider > 0) faults.Add($"the page is {wider} px wider than the window");
        return faults;
    }

    /// <summary>A picture of the whole page, where MODULAR_SCREENSHOTS names a folder for them.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("MODULAR_SCREENSHOTS") is not { Length: > 0 } folder) return;
        await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    public async ValueTask DisposeAsync() => await _profile.DisposeAsync();
}
