using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Modular.Testing;

namespace Modular.Tenancy.Tests;

public sealed class CommandTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task A_tenant_is_made_once_and_listed()
    {
        var made = await host.RunAsync("tenant", "create", "acme", "--name", "Acme Shoes", "--admin", "ann@acme.example", "--json");
        var again = await host.RunAsync("tenant", "create", "acme");
        var list = await host.RunAsync("tenant", "list", "--json");

        Assert.Equal((0, ""), (made.Status, made.Error));
        Assert.Equal("Acme Shoes", Json(made).GetProperty("tenant").GetProperty("name").GetString());
        Assert.Equal((1, ""), (again.Status, again.Output));
        Assert.Contains("'acme' already", again.Error, StringComparison.Ordinal);
        var listed = Assert.Single(Json(list).EnumerateArray(), t => t.GetProperty("slug").GetString() == "acme");
        Assert.Equal("active", listed.GetProperty("state").GetString());
        Assert.Contains("Acme Shoes", (await host.RunAsync("tenant", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_JSON_the_secrets_are_told_to_a_person_once()
    {
        var made = await host.RunAsync("tenant", "create", "globex");

        Assert.Contains("admin@globex.localhost", made.Output, StringComparison.Ordinal);
        Assert.Matches("Password: +[a-z2-9]{5}(-[a-z2-9]{5}){3}", made.Output);
        Assert.Matches("API key: +mk_", made.Output);
        Assert.Contains("shown once", made.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tenant create")]
    [InlineData("tenant create a b")]
    [InlineData("tenant create initech --admin nobody")]
    [InlineData("user create")]
    [InlineData("user create bob@example.com")]
    [InlineData("user set-password nobody")]
    [InlineData("key create nowhere")]
    [InlineData("key create nowhere --name x --expires-days 0 --permissions contacts.read")]
    [InlineData("key revoke nowhere")]
    public async Task What_is_called_wrongly_is_told_how(string words)
    {
        var answer = await host.RunAsync(words.Split(' '));

        Assert.Contains(answer.Status, new[] { 1, 2 });
        Assert.Equal("", answer.Output);
        Assert.NotEqual("", answer.Error);
    }

    [Fact]
    public async Task People_and_keys_come_and_go()
    {
        await host.RunAsync("tenant", "create", "hooli");
        var user = Json(await host.RunAsync("user", "create", "bob@hooli.example", "--tenant", "hooli", "--role", "analyst", "--json"));
        var again = await host.RunAsync("user", "create", "bob@hooli.example", "--tenant", "hooli");
        var role = await host.RunAsync("user", "create", "eve@hooli.example", "--tenant", "hooli", "--role", "king");
        var changed = Json(await host.RunAsync("user", "set-password", "BOB@hooli.example", "--json"));

        Assert.NotEqual(user.GetProperty("password").GetString(), changed.GetProperty("password").GetString());
        Assert.Equal((1, 1), (again.Status, role.Status));
        Assert.Contains("owner, administrator, marketer, analyst, data-manager, developer", role.Error, StringComparison.Ordinal);

        var key = (await host.RunAsync("key", "create", "hooli", "--name", "crm", "--permissions", "contacts.read, contacts.edit")).Output.Trim();
        var listed = Json(await host.RunAsync("key", "list", "hooli", "--json")).EnumerateArray().Single(k => k.GetProperty("name").GetString() == "crm");
        Assert.Equal(["contacts.edit", "contacts.read"], listed.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()));
        Assert.Equal(0, (await host.RunAsync("key", "revoke", "hooli", key[..11])).Status);
        Assert.Equal(1, (await host.RunAsync("key", "revoke", "hooli", "crm")).Status);
    }

    [Fact]
    public async Task A_first_start_says_what_to_do()
    {
        var notice = host.Services.GetServices<IStartupNotice>();
        var lines = new List<string>();
        foreach (var n in notice) lines.AddRange(await n.LinesAsync(TestContext.Current.CancellationToken));

        Assert.Contains(lines, l => l.Contains("host/start", StringComparison.Ordinal));
    }

    private static JsonElement Json(CommandAnswer answer) => JsonDocument.Parse(answer.Output).RootElement;
}
