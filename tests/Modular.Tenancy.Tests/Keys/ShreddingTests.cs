using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Keys;
using Modular.Testing;
using Npgsql;

namespace Modular.Tenancy.Tests.Keys;

public sealed class ShreddingTests(TestHost host, PostgresFixture postgres) : IClassFixture<TestHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IKeyStore Keys => host.Services.GetRequiredService<IKeyStore>();

    private ISealer Sealer => host.Services.GetRequiredService<ISealer>();

    [Fact]
    public async Task A_shredded_tenant_is_unreadable_here_and_in_a_backup_from_before()
    {
        var made = JsonDocument.Parse((await host.RunAsync("tenant", "create", "acme", "--json")).Output).RootElement;
        var tenant = TenantId.Parse(made.GetProperty("tenant").GetProperty("id").GetString()!, null);
        var rows = new SealedRows(host, tenant);
        await rows.AddContactsAsync(200);
        await rows.AddOneOfEachAsync();

        // The backup of an ordinary day, and the day on which it is restored elsewhere.
        var live = host.Services.GetRequiredService<IConfiguration>()["Database:ConnectionString"]!;   // the fixture's
        var dump = await PostgresTool.DumpAsync(live, Ct);
        Assert.All(rows.Addresses.Append("ann@example.com"), a => Assert.False(dump.Contains(a, StringComparison.OrdinalIgnoreCase) || dump.Contains(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(a)), StringComparison.Ordinal)));
        await using var elsewhere = await postgres.NewDatabaseAsync(Ct);
        await EmptyAsync(elsewhere.OwnerConnectionString);
        await PostgresTool.RestoreAsync(elsewhere.OwnerConnectionString, dump, Ct);
        var (opened, all) = await OpenAsync(elsewhere.OwnerConnectionString, tenant);
        Assert.InRange(all, 200, int.MaxValue);
        Assert.Equal(all, opened);

        Assert.Contains("not deactivated", (await host.RunAsync("tenant", "shred", "acme", "--yes")).Error, StringComparison.Ordinal);
        Assert.Equal(0, (await host.RunAsync("tenant", "deactivate", "acme", "--reason", "the contract has ended")).Status);
        Assert.Equal(0, (await host.RunAsync("tenant", "shred", "acme", "--yes")).Status);

        Assert.Equal((0, all), await OpenAsync(elsewhere.OwnerConnectionString, tenant));
        Assert.Equal(0, (await OpenAsync(live, tenant)).Opened);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(host.Facts.DataFolder, "keys"), "*", SearchOption.AllDirectories), f => f.Contains(tenant.ToString(), StringComparison.Ordinal));
        await Assert.ThrowsAsync<CryptographicException>(() => host.Tenants.FindAsync<int>(tenant, "select 1", null, Ct));

        // The installation remembers, and goes on.
        Assert.Equal(
            ["tenant.created", "tenant.deactivated", "tenant.shredded", "data-key.destroyed"],
            await host.System.ListAsync<string>("select action from compliance.audit where subject = 'tenant/' || @Tenant order by seq", new { Tenant = tenant.ToString() }, Ct));
        await Eventually.HoldsAsync(async () => (await host.RunAsync("audit", "verify")).Status is 0, Ct);   // once each end is anchored
        Assert.Contains("shredded", (await host.RunAsync("tenant", "list")).Output, StringComparison.Ordinal);
        Assert.Contains("no keys", (await host.RunAsync("key", "status")).Output, StringComparison.Ordinal);
        using var client = host.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.GetProperty("apiKey").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("api/v1/contacts", Ct)).StatusCode);
        foreach (var words in new[] { "tenant shred acme --yes", "tenant resume acme", "key rotate-tenant acme" })
            Assert.Contains("were destroyed", (await host.RunAsync(words.Split(' '))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_crash_left_of_the_keys_is_destroyed_later()
    {
        await host.RunAsync("tenant", "create", "globex");
        var tenant = (await host.Services.GetRequiredService<ITenants>().FindAsync("globex", Ct))!.Id;   // made a line ago
        await host.System.RunAsync("update tenancy.tenant set state = 'shredded' where tenant_id = @tenant", new { tenant }, Ct);

        await Eventually.HoldsAsync(async () =>
        {
            await host.Services.GetRequiredService<Shredding>().FinishAsync(Ct);
            return !Keys.Has(tenant);
        }, Ct);
    }

    private async Task<(int Opened, int All)> OpenAsync(string database, TenantId tenant)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync(Ct);
        var (opened, all) = (0, 0);
        foreach (var column in host.Services.GetServices<SealedColumn>().Where(c => c.IsTenants))
        {
            await using var command = new NpgsqlCommand($"select {column.IdColumn}, {column.Column} from {tenant.Schema}.{column.Table} where {column.Column} is not null", connection);
            await using var rows = await command.ExecuteReaderAsync(Ct);
            for (; await rows.ReadAsync(Ct); all++)
            {
                try
                {
                    Sealer.Open(tenant, column.Purpose, rows.GetInt64(0), rows.GetFieldValue<byte[]>(1));
                    opened++;
                }
                catch (CryptographicException)
                {
                    // As it should be, once the keys are gone.
                }
            }
        }
        return (opened, all);
    }

    private static async Task EmptyAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using var list = new NpgsqlCommand("select nspname::text from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')", connection);
        var schemas = new List<string>();
        await using (var rows = await list.ExecuteReaderAsync(Ct))
        {
            while (await rows.ReadAsync(Ct)) schemas.Add(rows.GetString(0));
        }
        await using var drop = new NpgsqlCommand($"drop schema {string.Join(", ", schemas)} cascade", connection);
        await drop.ExecuteNonQueryAsync(Ct);
    }
}
