using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Modular.Host;
using Modular.Host.Commands;
using Modular.Host.Outbox;
using Xunit;

namespace Modular.Testing;

/// <summary>
/// The real host in this process: every module, real PostgreSQL, real sockets on free ports, a data folder of its own. Use it as
/// <c>IClassFixture&lt;TestHost&gt;</c>; derive from it to give settings of your own.
/// </summary>
public class TestHost(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly TestFolder _folder = new("data");
    private Suite? _suite;

    public IServiceProvider Services => Running.Services;

    public HostFacts Facts => Running.Facts;

    public Uri Url => new($"http://127.0.0.1:{Facts.Ports.Console}/");

    public TenantDb Tenants => Services.GetRequiredService<TenantDb>();

    public SystemDb System => Services.GetRequiredService<SystemDb>();

    private Suite Running => _suite ?? throw new InvalidOperationException("The host has not started.");

    /// <summary>Settings by their full names, as in <c>Delivery:Mode</c>. They win over everything but the ports and the database.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>();

    public virtual async ValueTask InitializeAsync()
    {
        var ports = Enumerable.Range(FreePorts.InARow(6), 6).Select(port => port.ToString(CultureInfo.InvariantCulture)).ToArray();
        var settings = new Dictionary<string, string?>(Settings, StringComparer.OrdinalIgnoreCase)
        {
            ["Database:ConnectionString"] = await postgres.CloneAsync(CancellationToken.None),
            ["Database:RequireDurability"] = "false",
            ["Host:Ports:Console"] = ports[0],
            ["Host:Ports:Gateway"] = ports[1],
            ["Host:Ports:Submission"] = ports[2],
            ["Host:Ports:Smtps"] = ports[3],
            ["Host:Ports:Capture"] = ports[4],
            ["Host:Ports:Https"] = ports[5],
        };
        settings.TryAdd("Logging:LogLevel:Default", "Warning");
        _suite = Suite.Build(_folder.Path, settings, HostRoles.All);
        await _suite.OpenDatabaseAsync(CancellationToken.None);
        await _suite.StartAsync(CancellationToken.None);
    }

    /// <summary>A client without cookies that follows no redirect, so that both can be asserted.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Url };

    /// <summary>Runs a command in this host, as <c>modular tenant create acme</c> would.</summary>
    public async Task<CommandAnswer> RunAsync(params string[] words)
    {
        var (description, rest) = Services.GetRequiredService<CommandTable>().Find(words) ?? throw new ArgumentException($"There is no command {string.Join(' ', words)}.", nameof(words));
        await using StringWriter output = new(), error = new();
        var status = await CommandTable.Make(description, Services).RunAsync(new CommandLine(rest, output, error), TestContext.Current.CancellationToken);
        return new(status, output.ToString(), error.ToString());
    }

    /// <summary>Waits until every event told so far has been heard, and what its hearers told in turn.</summary>
    public Task DrainOutboxAsync() => Services.GetRequiredService<OutboxDraining>().DrainAsync(TestContext.Current.CancellationToken);

    public virtual async ValueTask DisposeAsync()
    {
        if (_suite is not null)
        {
            await _suite.StopAsync(CancellationToken.None);
            await _suite.DisposeAsync();
        }

        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed record CommandAnswer(int Status, string Output, string Error);
