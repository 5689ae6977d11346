using System.Text.Json.Nodes;
using Modular.Host.Commands;

namespace Modular.Host.Demo;

/// <summary>Makes the two tenants, or finds them again, by the same commands that a person types.</summary>
internal sealed class DemoTenants(IServiceProvider services, HostFacts facts)
{
    public const string KeyName = "demo";

    /// <summary>The tenant, there and with a fresh key; its administrator's fresh password as well.</summary>
    public async Task<DemoTenant> EnsureAsync(string slug, string name, CancellationToken ct)
    {
        var address = new Uri($"http://127.0.0.1:{facts.Ports.Console}");
        var tenants = (await RunAsync(["tenant", "list", "--json"], ct))!.AsArray();
        if (!tenants.Any(t => (string?)t!["slug"] == slug))
        {
            var made = (await RunAsync(["tenant", "create", slug, "--name", name, "--json"], ct))!;
            return new DemoTenant(new DemoApi(address, slug, (string)made["apiKey"]!), (string)made["administrator"]!["address"]!, (string)made["administrator"]!["password"]!);
        }
        var keys = (await RunAsync(["key", "list", slug, "--json"], ct))!.AsArray();
        if (keys.Any(k => (string?)k!["name"] == KeyName)) await RunAsync(["key", "revoke", slug, KeyName], ct, isJson: false);
        var key = (await RunAsync(["key", "create", slug, "--name", KeyName, "--json"], ct))!;
        var administrator = $"admin@{slug}.localhost";
        var password = (await RunAsync(["user", "set-password", administrator, "--json"], ct))!;
        return new DemoTenant(new DemoApi(address, slug, (string)key["apiKey"]!), administrator, (string)password["password"]!);
    }

    private async Task<JsonNode?> RunAsync(string[] words, CancellationToken ct, bool isJson = true)
    {
        var (description, rest) = services.GetRequiredService<CommandTable>().Find(words) ?? throw new DemoFailedException($"There is no command '{string.Join(' ', words)}'.");
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var status = await CommandTable.Make(description, services).RunAsync(new CommandLine(rest, output, errors), ct);
        if (status != 0) throw new DemoFailedException($"modular {string.Join(' ', words)} ended with {status}: {errors}");
        return isJson ? JsonNode.Parse(output.ToString()) : null;
    }
}

internal sealed record DemoTenant(DemoApi Api, string Administrator, string Password);
