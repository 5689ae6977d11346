using Microsoft.Extensions.Logging.Abstractions;
using Modular.Campaigns.Analysis;
using Modular.Campaigns.Tracking;
using Modular.Delivery;
using Modular.Testing;

namespace Modular.Campaigns.Tests.Tracking;

public sealed class HitLogTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hits_are_counted_once_for_each_recipient_and_in_all()
    {
        await using var database = await postgres.NewDatabaseAsync(Ct);
        var tenant = await database.NewTenantAsync(Ct);
        var folding = new HitFolding(database.Tenants);
        var log = new HitLog(database.Tenants, folding, NullLogger<HitLog>.Instance);

        // 100 people open three times, 50 of them click link 1 twice and link 2 once; a machine opened for ten.
        var hits = Enumerable.Range(1, 100).SelectMany(id => Enumerable.Range(0, 3).Select(n => Open(id, n)))
            .Concat(Enumerable.Range(1, 50).SelectMany(id => new[] { Click(id, 1), Click(id, 1), Click(id, 2) }))
            .Concat(Enumerable.Range(1, 10).Select(id => Open(id, 0) with { Agent = Agent.Machine })).ToList();
        var safe = await Task.WhenAll(hits.Select(h => log.AppendAsync(tenant, h)));
        Assert.All(safe, Assert.True);

        Assert.Equal(hits.Count, await folding.FoldAsync(tenant, Ct));
        Assert.Equal(0, await folding.FoldAsync(tenant, Ct));

        var analysis = new CampaignAnalysis(database.Tenants, new MemoryLedger());
        var figures = await analysis.OfAsync(tenant, 9, Ct);
        Assert.Equal(new ResponseSums(100, 300, 10, 10), figures.Opens);
        Assert.Equal(new ResponseSums(50, 150, 0, 0), figures.Clicks);
        var series = await analysis.SeriesAsync(tenant, 9, Ct);
        Assert.Equal(TimeSpan.FromMinutes(1), series.Bucket);
        Assert.Equal([Noon, Noon.AddMinutes(1), Noon.AddMinutes(2)], series.Points.Select(p => p.At));
        Assert.Equal([100, 0, 0], series.Points.Select(p => p.Opened));
        Assert.Equal([100, 100, 100], series.Points.Select(p => p.Opens));
    }

    [Fact]
    public async Task Several_who_count_at_once_count_each_hit_once()
    {
        await using var database = await postgres.NewDatabaseAsync(Ct);
        var tenant = await database.NewTenantAsync(Ct);
        var folding = new HitFolding(database.Tenants);
        var log = new HitLog(database.Tenants, folding, NullLogger<HitLog>.Instance);

        var writing = Enumerable.Range(1, 2000).Select(id => log.AppendAsync(tenant, Open(id % 400, id % 3))).ToList();
        var counted = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => folding.FoldAsync(tenant, Ct)));
        await Task.WhenAll(writing);

        Assert.Equal(2000, counted.Sum() + await folding.FoldAsync(tenant, Ct));
        Assert.Equal(new ResponseSums(400, 2000, 0, 0), (await new CampaignAnalysis(database.Tenants, new MemoryLedger()).OfAsync(tenant, 9, Ct)).Opens);
    }

    [Fact]
    public async Task A_hit_that_cannot_be_committed_is_not_said_to_be()
    {
        await using var database = await postgres.NewDatabaseAsync(Ct);
        var tenant = await database.NewTenantAsync(Ct);
        var log = new HitLog(database.Tenants, new HitFolding(database.Tenants), NullLogger<HitLog>.Instance);
        await OwnerAsync(database, $"alter table {tenant.Schema}.response_inbox rename to gone");

        Assert.False(await log.AppendAsync(tenant, Open(1, 0)));

        await OwnerAsync(database, $"alter table {tenant.Schema}.gone rename to response_inbox");
        Assert.True(await log.AppendAsync(tenant, Open(1, 0)));
    }

    [Fact]
    public async Task A_spam_report_heard_twice_counts_once()
    {
        await using var database = await postgres.NewDatabaseAsync(Ct);
        var tenant = await database.NewTenantAsync(Ct);
        var folding = new HitFolding(database.Tenants);
        var hearer = new OnRecipientComplained(database.Tenants, folding);
        var report = new RecipientComplained(tenant, 9, 77, 1, default, "a feedback loop", Noon);

        await hearer.HandleAsync(report, Ct);
        await hearer.HandleAsync(report, Ct);
        await folding.FoldAsync(tenant, Ct);
        await hearer.HandleAsync(report, Ct);
        await folding.FoldAsync(tenant, Ct);

        Assert.Equal(1, await database.Tenants.FindAsync<long>(tenant, "select count(*) from response where kind = 4", null, Ct));
    }

    [Theory]
    [InlineData("GET", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0", Agent.Person)]
    [InlineData("GET", "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", Agent.Person)]
    [InlineData("GET", "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", Agent.Person)]
    [InlineData("HEAD", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", Agent.Machine)]
    [InlineData("GET", "Mozilla/5.0", Agent.Machine)]
    [InlineData("GET", "", Agent.Machine)]
    [InlineData("GET", "Mozilla/5.0 (compatible; Barracuda Sentinel)", Agent.Machine)]
    [InlineData("GET", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Agent.Machine)]
    [InlineData("GET", "curl/7.88.1", Agent.Machine)]
    [InlineData("GET", "python-requests/2.31", Agent.Machine)]
    internal void A_machine_is_told_from_a_person(string method, string userAgent, Agent expected) => Assert.Equal(expected, AgentRules.Of(method, userAgent));

    private static Hit Open(long recipient, int minutes) => new(recipient, 9, Noon.AddMinutes(minutes), ResponseKind.Open, 0, Agent.Person);

    private static Hit Click(long recipient, short link) => new(recipient, 9, Noon, ResponseKind.Click, link, Agent.Person);

    private static async Task OwnerAsync(TestDatabase database, string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(database.OwnerConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
