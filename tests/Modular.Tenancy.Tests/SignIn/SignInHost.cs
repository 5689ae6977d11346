using System.Text.Json;
using Modular.Testing;

namespace Modular.Tenancy.Tests.SignIn;

/// <summary>The whole suite with a tenant, its administrator and its key.</summary>
public sealed class SignInHost(PostgresFixture postgres) : TestHost(postgres)
{
    public const string Administrator = "ann@acme.example";

    public string Password { get; private set; } = "";

    public string Key { get; private set; } = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var made = JsonDocument.Parse((await RunAsync("tenant", "create", "acme", "--name", "Acme", "--admin", Administrator, "--json")).Output).RootElement;
        Password = made.GetProperty("administrator").GetProperty("password").GetString()!;
        Key = made.GetProperty("apiKey").GetString()!;
    }

    /// <summary>A person with a role of their own.</summary>
    /// <returns>Their password.</returns>
    public async Task<string> NewUserAsync(string address, string role) =>
        JsonDocument.Parse((await RunAsync("user", "create", address, "--tenant", "acme", "--role", role, "--json")).Output).RootElement.GetProperty("password").GetString()!;
}
