using Microsoft.Extensions.DependencyInjection;
using Modular.Testing;
using Npgsql;

namespace Modular.Tenancy.Tests.Isolation;

/// <summary>The whole suite with two tenants, and plain Npgsql as each of their logins: what an attacker has who can make a tenant's connection run any SQL.</summary>
public sealed class TwoTenants(PostgresFixture postgres) : TestHost(postgres)
{
    public TenantId Acme { get; private set; }

    public TenantId Globex { get; private set; }

    public string Address => Services.GetRequiredService<DatabaseAddress>().ConnectionString;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (Acme, Globex) = (await NewTenantAsync("acme"), await NewTenantAsync("globex"));
    }

    public async Task<NpgsqlConnection> LogInAsync(TenantId tenant, string? database = null)
    {
        var login = new NpgsqlConnectionStringBuilder(Address) { Username = tenant.Schema, Password = Services.GetRequiredService<IKeyStore>().DatabasePassword(tenant), Pooling = false };
        if (database is not null) login.Database = database;
        var connection = new NpgsqlConnection(login.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private async Task<TenantId> NewTenantAsync(string slug)
    {
        var answer = await RunAsync("tenant", "create", slug, "--json");
        Assert.Equal(0, answer.Status);
        return (await Services.GetRequiredService<ITenants>().FindAsync(slug, TestContext.Current.CancellationToken))!.Id;
    }
}
