using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy;
using Modular.Testing;

namespace Modular.Compliance.Tests;

/// <summary>The whole suite with two tenants, each called by its key.</summary>
public sealed class ComplianceHost(PostgresFixture postgres) : TestHost(postgres)
{
    /// <summary>The login that owns the tables.</summary>
    public string OwnerConnectionString => Services.GetRequiredService<IConfiguration>()["Database:ConnectionString"]!;   // every test host has one

    public TenantId Acme { get; private set; }

    public string AcmeKey { get; private set; } = "";

    public string GlobexKey { get; private set; } = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (AcmeKey, GlobexKey) = (await NewTenantAsync("acme"), await NewTenantAsync("globex"));
        Acme = (await Services.GetRequiredService<ITenants>().FindAsync("acme", CancellationToken.None))!.Id;
    }

    public async Task<(int Status, JsonElement Body)> CallAsync(string key, HttpMethod method, string path, object? body = null)
    {
        using var client = NewClient();
        using var request = new HttpRequestMessage(method, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        if (body is not null) request.Content = new StringContent(JsonSerializer.Serialize(body), new MediaTypeHeaderValue("application/json"));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    private async Task<string> NewTenantAsync(string slug) =>
        JsonDocument.Parse((await RunAsync("tenant", "create", slug, "--json")).Output).RootElement.GetProperty("apiKey").GetString()!;
}
