using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Modular.EndToEnd.Tests.t05_attack;

/// <summary>What breaks out of SQL, of templates and of text, in every place that takes text: it is kept as it is or refused, and nothing else comes of it.</summary>
public sealed class InjectionTests(TwoTenantsHost host) : IClassFixture<TwoTenantsHost>
{
    /// <summary>Stands for half a character, which no writer of JSON writes.</summary>
    private const string Surrogate = "\ue000";

    private static readonly string[] Texts =
    [
        "'; drop table contact; --", "' or '1'='1", "\") or 1=1 --", "1; select pg_sleep(60)", "$$; drop table contact; $$", "\\'; delete from contact; --",
        "%", "_", "a\0b", Surrogate, "{{7*7}}", "../../etc/passwd", "x\r\nBcc: a@b.example", "<script>alert(1)</script>",
    ];

    private static readonly string[] Parameters = ["q", "search", "sort", "order", "state", "status", "cursor", "limit", "email", "list", "segment", "field", "from", "to", "kind", "actor", "action", "before", "after", "format", "recipient", "messageId", "domain", "page", "return"];

    [Fact]
    public async Task In_query_strings()
    {
        var before = await host.AcmeStateAsync();
        var endpoints = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.Parameters.Count is 0 && endpoint.RoutePattern.RawText is { } path && !path.Contains("sign-", StringComparison.Ordinal)).ToList();
        foreach (var endpoint in endpoints)
        {
            var path = endpoint.RoutePattern.RawText!.TrimStart('/');
            var isPage = endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null;
            if (!isPage && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") is not true) continue;
            foreach (var text in Texts)
            {
                var query = string.Join('&', Parameters.Select(parameter => parameter + "=" + Escape(text)));
                var (status, body) = isPage
                    ? await host.Thief.GetAsync($"/{path}?{query}") is var page ? (page.Status, page.Body) : default
                    : await host.Globex.TryAsync("GET", $"{path}?{query}", null);
                Assert.True((int)status < 500, $"GET {path} with {text}: {status} {body}");
                if (isPage) Assert.DoesNotContain("<script>alert(1)</script>", body, StringComparison.Ordinal);
            }
            foreach (var parameter in Parameters)
            {
                var asked = $"{path}?{parameter}={Escape(Texts[0])}";
                var status = isPage ? (await host.Thief.GetAsync("/" + asked)).Status : (await host.Globex.TryAsync("GET", asked, null)).Status;
                Assert.True((int)status < 500, $"GET {asked}: {status}");
            }
        }
        Assert.Equal(before, await host.AcmeStateAsync());
    }

    [Fact]
    public async Task In_bodies()
    {
        var before = await host.AcmeStateAsync();
        foreach (var text in Texts)
        {
            foreach (var (path, body) in Bodies(text))
            {
                var answer = await host.Globex.TryAsync("POST", "api/v1/" + path, new StringContent(Json(body), Encoding.UTF8, "application/json"));
                Assert.True((int)answer.Status < 500, $"POST {path} with {Json(body)}: {answer.Status} {answer.Body}");
            }
        }
        Assert.Equal(before, await host.AcmeStateAsync());
    }

    [Fact]
    public async Task In_imported_headers_and_rows()
    {
        var before = await host.AcmeStateAsync();
        foreach (var (name, headers) in new[] { ("nul.csv", Texts), ("evil.csv", Texts.Where(text => !text.Contains('\0', StringComparison.Ordinal)).ToArray()) })
        {
            var csv = new StringBuilder("email,first_name");
            foreach (var text in headers) csv.Append(',').Append(Quoted(text));
            csv.Append("\r\n");
            for (var i = 0; i < Texts.Length; i++) csv.Append("person").Append(i).Append("@town.example,").AppendJoin(',', Enumerable.Repeat(Quoted(Texts[i]), headers.Length + 1)).Append("\r\n");
            await host.Globex.PutFileAsync(name, Encoding.UTF8.GetBytes(csv.ToString()));
            await host.Globex.UntilAsync("imports", jobs => jobs["items"]!.AsArray().Any(job => ((string)job!["file"]!).EndsWith(name, StringComparison.Ordinal) && (string?)job["state"] is "finished" or "failed"));
        }
        Assert.True((await host.Globex.AllAsync("contacts")).Count >= Texts.Length / 2, "the rows that are text were not imported");
        Assert.Equal(before, await host.AcmeStateAsync());
    }

    private static string Quoted(string text) => '"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private static IEnumerable<(string Path, JsonNode Body)> Bodies(string text)
    {
        yield return ("contacts", new JsonObject { ["email"] = text });
        yield return ("contacts", new JsonObject { ["email"] = "ok@globex.example", ["fields"] = new JsonObject { ["first_name"] = text } });
        yield return ("contacts", new JsonObject { ["email"] = "ok@globex.example", ["fields"] = new JsonObject { [text] = "x" } });
        yield return ("lists", new JsonObject { ["name"] = text });
        yield return ("fields", new JsonObject { ["name"] = text, ["label"] = text, ["type"] = "text" });
        yield return ("fields", new JsonObject { ["name"] = "ok", ["label"] = "ok", ["type"] = text });
        foreach (var op in new[] { "eq", "gt", "contains", "starts", text })
        {
            yield return ("segments/count", new JsonObject { ["definition"] = new JsonObject { ["field"] = "first_name", ["op"] = op, ["value"] = text } });
            yield return ("segments/count", new JsonObject { ["definition"] = new JsonObject { ["field"] = text, ["op"] = op, ["value"] = "x" } });
        }
        yield return ("segments", new JsonObject { ["name"] = text, ["definition"] = new JsonObject { ["list"] = text } });
        yield return ("campaigns", new JsonObject { ["name"] = text, ["subject"] = text, ["fromName"] = text, ["fromAddress"] = text, ["html"] = text, ["text"] = text });
        yield return ("templates", new JsonObject { ["name"] = text, ["subject"] = text, ["html"] = text });
        yield return ("suppressions", new JsonObject { ["emails"] = new JsonArray(text), ["reason"] = text, ["source"] = text });
        yield return ("suppressions/find", new JsonObject { ["emails"] = new JsonArray(text) });
        yield return ("sending-domains", new JsonObject { ["domain"] = text });
        yield return ("import-schedules", new JsonObject { ["name"] = text, ["source"] = text, ["settings"] = new JsonObject { [text] = text } });
    }

    private static string Json(JsonNode body) => body.ToJsonString().Replace("\\uE000", "\\ud800", StringComparison.Ordinal);

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
