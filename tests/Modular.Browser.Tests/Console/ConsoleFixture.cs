using System.Text.Json;
using Microsoft.Playwright;

namespace Modular.Browser.Tests.Console;

/// <summary>The tests of this collection share one suite; those outside it start none.</summary>
[CollectionDefinition(Name)]
public sealed class InTheConsole : ICollectionFixture<ConsoleFixture>
{
    public const string Name = "console";
}

/// <summary>One suite with one tenant, one browser, and a visitor who has signed in, for all tests. Nothing is started when there is no browser.</summary>
public sealed class ConsoleFixture : IAsyncLifetime
{
    public const string Address = "ann@acme.example";

    public const string OperatorAddress = "olga@host.example";

    private readonly SuiteProcess _suite = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _session;

    public string Password { get; private set; } = "";

    public string OperatorPassword { get; private set; } = "";

    public HttpClient Api { get; } = new();

    public Uri Url => _suite.Url;

    public async ValueTask InitializeAsync()
    {
        if (ChromiumFinder.Find() is not { } chromium) return;
        var ct = TestContext.Current.CancellationToken;
        var made = JsonDocument.Parse(await _suite.RunAsync(["tenant", "create", "acme", "--name", "Acme Outdoor", "--admin", Address, "--json"], ct)).RootElement;
        Password = made.GetProperty("administrator").GetProperty("password").GetString()!; // a tenant's first administrator always gets one
        OperatorPassword = JsonDocument.Parse(await _suite.RunAsync(["operator", "create", OperatorAddress, "--json"], ct)).RootElement.GetProperty("password").GetString()!; // nobody had this address yet
        await _suite.ServeAsync(ct);
        Api.BaseAddress = _suite.Url;
        Api.DefaultRequestHeaders.Authorization = new("Bearer", made.GetProperty("apiKey").GetString());

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        await using var visit = await VisitAsync(signedIn: false);
        await visit.SignInAsync(Address, Password);
        _session = await visit.SessionAsync();
    }

    /// <summary>A fresh browser profile with one page. Skips the test where there is no browser.</summary>
    /// <param name="theme">light or dark.</param>
    /// <param name="width">390 is a phone, 1200 a laptop, 1440 a desk.</param>
    public async Task<Visit> VisitAsync(bool signedIn = true, string theme = "light", int width = 1440)
    {
        Assert.SkipWhen(_browser is null, ChromiumFinder.Missing);
        var profile = await _browser.NewContextAsync(new()
        {
            BaseURL = Url.ToString(),
            ViewportSize = new() { Width = width, Height = 900 },
            StorageState = signedIn ? _session : null,
            ReducedMotion = ReducedMotion.Reduce,
        });
        await profile.AddCookiesAsync([new() { Name = "theme", Value = theme, Url = Url.ToString() }]);
        return new Visit(profile, await profile.NewPageAsync(), _suite.Said);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        Api.Dispose();
        await _suite.DisposeAsync();
    }
}
