namespace Modular.Compliance.Tests.Suppressing;

public sealed class SuppressionEndpointTests(ComplianceHost host) : IClassFixture<ComplianceHost>
{
    private const string Path = "/api/v1/suppressions";

    [Fact]
    public async Task What_is_added_is_found_listed_and_lifted_on_record()
    {
        var added = await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path, new { emails = new[] { "One@Example.com", "two@example.com" }, reason = "unsubscribed", source = "old system" });
        var again = await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path, new { emails = new[] { "one@example.com" } });
        Assert.Equal((200, 2), (added.Status, added.Body.GetProperty("changed").GetInt32()));
        Assert.Equal(0, again.Body.GetProperty("changed").GetInt32());

        var found = await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path + "/find", new { emails = new[] { "one@example.com", "three@example.com" } });
        var one = Assert.Single(found.Body.GetProperty("items").EnumerateArray());
        Assert.Equal(("one@example.com", "unsubscribed", "old system"), (one.GetProperty("email").GetString(), one.GetProperty("reason").GetString(), one.GetProperty("source").GetString()));

        var id = one.GetProperty("id").GetString();
        Assert.Equal(404, (await host.CallAsync(host.GlobexKey, HttpMethod.Delete, $"{Path}/{id}")).Status);
        Assert.Equal(204, (await host.CallAsync(host.AcmeKey, HttpMethod.Delete, $"{Path}/{id}")).Status);
        Assert.Equal(404, (await host.CallAsync(host.AcmeKey, HttpMethod.Delete, $"{Path}/{id}")).Status);

        var trail = await host.CallAsync(host.AcmeKey, HttpMethod.Get, "/api/v1/audit?action=suppression.lifted");
        Assert.Equal(("key:administrator", $"suppression/{id!.Replace("-", "", StringComparison.Ordinal)}"),
            (trail.Body.GetProperty("items")[0].GetProperty("actor").GetString(), trail.Body.GetProperty("items")[0].GetProperty("subject").GetString()));
    }

    [Fact]
    public async Task A_complaint_stands()
    {
        await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path, new { emails = new[] { "angry@example.com" }, reason = "complaint" });
        var found = await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path + "/find", new { emails = new[] { "angry@example.com" } });
        var refused = await host.CallAsync(host.AcmeKey, HttpMethod.Delete, $"{Path}/{found.Body.GetProperty("items")[0].GetProperty("id").GetString()}");

        Assert.Equal((409, "urn:modular:fault:complaint-stands"), (refused.Status, refused.Body.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Pages_are_walked_by_cursor()
    {
        await host.CallAsync(host.GlobexKey, HttpMethod.Post, Path, new { emails = Enumerable.Range(0, 7).Select(i => $"p{i}@example.com").ToArray() });

        var ids = new List<string?>();
        var cursor = "";
        for (var pages = 1; ; pages++)
        {
            var page = await host.CallAsync(host.GlobexKey, HttpMethod.Get, $"{Path}?limit=3{cursor}");
            ids.AddRange(page.Body.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()));
            if (page.Body.GetProperty("next").GetString() is not { } next)
            {
                Assert.Equal(3, pages);
                break;
            }
            cursor = "&cursor=" + next;
        }

        Assert.Equal(7, ids.Distinct().Count());
        Assert.Equal(7, ids.Count);
    }

    [Theory]
    [InlineData("?reason=boredom", "reason")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=1001", "limit")]
    [InlineData("?cursor=;drop", "cursor")]
    public async Task A_bad_question_is_told_which_part_is_bad(string query, string field)
    {
        var refused = await host.CallAsync(host.AcmeKey, HttpMethod.Get, Path + query);
        Assert.Equal((400, field), (refused.Status, refused.Body.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task One_bad_address_leaves_all_out_and_is_named_by_its_place()
    {
        var refused = await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path, new { emails = new[] { "good@example.com", "bad@" } });
        var found = await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path + "/find", new { emails = new[] { "good@example.com" } });

        Assert.Equal((400, "emails"), (refused.Status, refused.Body.GetProperty("field").GetString()));
        Assert.Contains("Address 2", refused.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(found.Body.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Too_many_too_few_and_an_address_in_the_source_are_refused()
    {
        Assert.Equal(400, (await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path, new { emails = Array.Empty<string>() })).Status);
        Assert.Equal(400, (await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path, new { })).Status);
        Assert.Equal(400, (await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path, new { emails = Enumerable.Repeat("a@example.com", 1001).ToArray() })).Status);
        Assert.Equal(400, (await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path, new { emails = new[] { "a@example.com" }, source = "told by bob@example.com" })).Status);
        Assert.Equal(400, (await host.CallAsync(host.AcmeKey, HttpMethod.Post, Path, "no object")).Status);
    }
}
