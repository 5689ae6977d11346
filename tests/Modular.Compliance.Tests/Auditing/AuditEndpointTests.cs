using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modular.Kernel.Auditing;
using Modular.Testing;
using Npgsql;

namespace Modular.Compliance.Tests.Auditing;

public sealed class AuditEndpointTests(ComplianceHost host) : IClassFixture<ComplianceHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_reads_its_own_trail_and_finds_a_deed_by_its_number()
    {
        await RecordAsync(new AuditEntry("user:ann@acme.example", "campaign.sent", "campaign/7"));

        var (status, body) = await host.CallAsync(host.AcmeKey, HttpMethod.Get, "/api/v1/audit?actor=ann@acme.example&action=campaign.sent");
        Assert.Equal(200, status);
        var deed = body.GetProperty("items")[0];
        Assert.Equal("campaign/7", deed.GetProperty("subject").GetString());

        var id = deed.GetProperty("id").GetInt64();
        Assert.Equal(200, (await host.CallAsync(host.AcmeKey, HttpMethod.Get, $"/api/v1/audit/{id}")).Status);
        Assert.Empty((await host.CallAsync(host.GlobexKey, HttpMethod.Get, "/api/v1/audit?actor=ann@acme.example")).Body.GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("address=nowhere")]
    [InlineData("outcome=maybe")]
    [InlineData("since=yesterday")]
    [InlineData("cursor=x")]
    [InlineData("limit=0")]
    public async Task A_bad_question_is_refused_in_words(string query) =>
        Assert.Equal(400, (await host.CallAsync(host.AcmeKey, HttpMethod.Get, "/api/v1/audit?" + query)).Status);

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("jsonl", "application/jsonl")]
    public async Task It_is_exported_as_a_file_and_that_is_on_record(string format, string type)
    {
        await RecordAsync(new AuditEntry("user:ann@acme.example", "campaign.sent", "campaign/8"));
        using var client = host.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/audit/export?format=" + format) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", host.AcmeKey) } };
        using var answer = await client.SendAsync(request, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);

        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("campaign/8", text, StringComparison.Ordinal);
        Assert.Contains("audit.exported", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_permission_is_on_record_with_who_from_where_and_what_was_missing()
    {
        var key = (await host.RunAsync("key", "create", "acme", "--name", "reader", "--permissions", "contacts.read")).Output.Trim();
        Assert.Equal(403, (await host.CallAsync(key, HttpMethod.Get, "/api/v1/audit")).Status);

        await Eventually.HoldsAsync(async () =>
        {
            var (_, body) = await host.CallAsync(host.AcmeKey, HttpMethod.Get, "/api/v1/audit?outcome=refused&actor=reader");
            return body.GetProperty("items").EnumerateArray().Any(d =>
                d.GetProperty("subject").GetString() == "permission/audit.read" && d.GetProperty("door").GetString() == "rest" && d.GetProperty("address").GetString() is "127.0.0.1" or "::1");
        }, Ct);
    }

    [Fact]
    public async Task Verifying_says_whole_and_the_command_names_the_row_that_is_not()
    {
        await RecordAsync(new AuditEntry("system", "a.done", "a/1"));
        await Eventually.HoldsAsync(async () => (await host.CallAsync(host.AcmeKey, HttpMethod.Get, "/api/v1/audit/verify")).Body.GetProperty("isWhole").GetBoolean(), Ct);
        var globex = (await host.Services.GetRequiredService<Tenancy.ITenants>().FindAsync("globex", Ct))!.Id;
        await Eventually.HoldsAsync(async () => (await host.RunAsync("audit", "verify", "--tenant", "globex")).Status == 0, Ct);

        await using (var owner = new NpgsqlConnection(host.OwnerConnectionString + ";Pooling=false"))
        {
            await owner.OpenAsync(Ct);
            await using var tamper = new NpgsqlCommand($"update {globex.Schema}.audit set action = 'nothing.happened' where seq = 1", owner);
            await tamper.ExecuteNonQueryAsync(Ct);
        }
        var answer = await host.RunAsync("audit", "verify");
        Assert.Equal(1, answer.Status);
        Assert.Contains("globex: ", answer.Output, StringComparison.Ordinal);
        Assert.Contains("row 1: ", answer.Output, StringComparison.Ordinal);
        Assert.Contains("acme: ", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void No_endpoint_of_the_suite_writes_to_the_audit()
    {
        var writing = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText is { } route && route.Contains("audit", StringComparison.OrdinalIgnoreCase))
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(m => (e.RoutePattern.RawText, Method: m)));
        Assert.All(writing, e => Assert.Equal("GET", e.Method));
    }

    private async Task RecordAsync(AuditEntry entry)
    {
        await using var tx = await host.Tenants.BeginAsync(host.Acme, Ct);
        await host.Services.GetRequiredService<IAudit>().AppendAsync(tx, entry, Ct);
        await tx.CommitAsync(Ct);
    }
}
