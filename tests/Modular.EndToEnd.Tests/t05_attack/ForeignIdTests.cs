using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Modular.EndToEnd.Tests.t05_attack;

/// <summary>Every route that takes an id, with every id of another tenant's: nothing of theirs is shown, and nothing of theirs changes.</summary>
public sealed class ForeignIdTests(TwoTenantsHost host) : IClassFixture<TwoTenantsHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_rest_another_tenants_things_are_not_there()
    {
        var before = await host.AcmeStateAsync();
        var routes = Routes().Where(route => route.Pattern.StartsWith("api/v1/", StringComparison.Ordinal)).ToList();
        Assert.True(routes.Count > 30, $"only {routes.Count} routes with an id were found");
        foreach (var (pattern, methods) in routes)
        {
            foreach (var method in methods)
            {
                foreach (var id in host.Ids)
                {
                    var answer = await host.Globex.TryAsync(method, With(pattern, id), method is "GET" or "DELETE" ? null : JsonContent.Create(new { }));
                    Judge(method, pattern, id, answer.Status, answer.Body);
                }
            }
        }
        Assert.Equal(before, await host.AcmeStateAsync());
    }

    [Fact]
    public async Task On_pages_another_tenants_things_are_not_there()
    {
        var before = await host.AcmeStateAsync();
        var loader = host.Services.GetRequiredService<PageLoader>();
        var pages = Endpoints().Where(HasId).Select(endpoint => (endpoint, Page: endpoint.Metadata.GetMetadata<PageActionDescriptor>())).Where(page => page.Page is not null).DistinctBy(page => page.endpoint.RoutePattern.RawText).ToList();
        Assert.True(pages.Count > 12, $"only {pages.Count} pages with an id were found");
        foreach (var (endpoint, page) in pages)
        {
            var handlers = (await loader.LoadAsync(page!, endpoint.Metadata)).HandlerMethods;
            foreach (var id in host.Ids)
            {
                var path = "/" + With(endpoint.RoutePattern.RawText!, id).TrimStart('/');
                foreach (var handler in handlers)
                {
                    var asked = path + (handler.Name is { Length: > 0 } name ? "?handler=" + name : "");
                    var answer = handler.HttpMethod is "GET" or "Get" ? await host.Thief.GetAsync(asked) : await host.Thief.SubmitAsync("/contacts/lists", asked);
                    Judge(handler.HttpMethod, endpoint.RoutePattern.RawText!, id, answer.Status, answer.Body);
                }
            }
        }
        Assert.Equal(before, await host.AcmeStateAsync());
    }

    [Fact]
    public async Task In_bodies_and_headers_another_tenants_ids_name_nothing()
    {
        var before = await host.AcmeStateAsync();
        var own = (long)(await host.Globex.PostAsync("lists", new { name = "own" }))["id"]!;
        await host.Globex.TryAsync("POST", $"api/v1/lists/{own}/contacts", JsonContent.Create(new { contactIds = host.AcmeContacts }));
        Assert.Empty(await host.Globex.AllAsync("contacts"));
        foreach (var (path, body) in new (string, object)[]
        {
            ("campaigns", new { name = "thief", segmentId = host.AcmeSegment }),
            ("contacts", new { email = "thief@globex.example", lists = new[] { host.AcmeList } }),
            ("segments/count", new { definition = new { list = host.AcmeList } }),
        })
        {
            var answer = await host.Globex.TryAsync("POST", "api/v1/" + path, JsonContent.Create(body));
            Judge("POST", path, "in the body", answer.Status, answer.Body);
        }
        foreach (var header in new[] { "X-Tenant", "Tenant", "X-Forwarded-User", "X-Original-URL" })
        {
            var answer = await host.Globex.TryAsync("GET", "api/v1/contacts?tenant=acme&tenantId=acme", null, (header, header is "X-Original-URL" ? "/dav/acme/import/" : "acme"));
            Judge("GET", header, "in the header", answer.Status, answer.Body);
        }
        foreach (var path in new[] { "dav/acme/import/", $"dav/acme/import/{TwoTenantsHost.Mark}.csv", $"dav/globex/import/../../acme/import/{TwoTenantsHost.Mark}.csv", "dav/globex/import/%2e%2e/%2e%2e/acme/import/" })
        {
            foreach (var method in new[] { "GET", "PROPFIND", "DELETE", "PUT", "MOVE" })
            {
                var answer = await host.Globex.TryAsync(method, path, method is "PUT" ? new StringContent("email\r\nx@y.example\r\n") : null, ("Destination", host.Url + "dav/globex/import/stolen.csv"));
                Assert.True(method is "PROPFIND" && path.Contains("globex", StringComparison.Ordinal) || (int)answer.Status is >= 400 and < 500, $"{method} {path}: {answer.Status}");
                Assert.DoesNotContain(TwoTenantsHost.Mark, answer.Body, StringComparison.OrdinalIgnoreCase);
            }
        }
        Assert.Equal(before, await host.AcmeStateAsync());
    }

    [Fact]
    public async Task Members_that_a_body_has_no_word_for_give_nothing()
    {
        var before = await host.AcmeStateAsync();
        foreach (var (path, body) in new (string, object)[]
        {
            ("lists", new { name = "mass", id = 7_777, listId = 7_777, tenantId = "acme", tenant = "acme", contacts = 7_777, createdAt = "2001-01-01T00:00:00Z" }),
            ("templates", new { name = "mass", subject = "s", html = "<p>h</p>", id = 7_777, tenantId = "acme", createdAt = "2001-01-01T00:00:00Z", createdBy = "user:owner@acme.example" }),
            ("campaigns", new { name = "mass", subject = "s", id = 7_777, tenantId = "acme", state = "sent", sentAt = "2001-01-01T00:00:00Z", audience = 7_777, createdAt = "2001-01-01T00:00:00Z" }),
            ("contacts", new { email = "mass@globex.example", id = 7_777, contactId = 7_777, tenantId = "acme", statusReason = "mass", createdAt = "2001-01-01T00:00:00Z" }),
        })
        {
            var answer = await host.Globex.TryAsync("POST", "api/v1/" + path, JsonContent.Create(body));
            Assert.True((int)answer.Status is 200 or 201, $"{path}: {answer.Status} {answer.Body}");
            foreach (var planted in new[] { "7777", "2001-01-01", "acme", "\"sent\"" }) Assert.DoesNotContain(planted, answer.Body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("2001-01-01", string.Concat((await host.Globex.AllAsync(path)).Select(item => item!.ToJsonString())), StringComparison.Ordinal);
        }
        Assert.Equal(before, await host.AcmeStateAsync());
    }

    private static void Judge(string method, string pattern, string id, HttpStatusCode status, string body)
    {
        Assert.True((int)status < 500, $"{method} {pattern} with {id}: {status} {body}");
        // A page repeats what the URL said; more than that it cannot know.
        var said = body.Replace(id, "", StringComparison.Ordinal).Replace(WebUtility.UrlEncode(id), "", StringComparison.Ordinal);
        Assert.False(said.Contains(TwoTenantsHost.Mark, StringComparison.OrdinalIgnoreCase), $"{method} {pattern} with {id} shows another tenant's: {body}");
    }

    private IEnumerable<(string Pattern, IReadOnlyList<string> Methods)> Routes() => Endpoints()
        .Where(endpoint => HasId(endpoint) && endpoint.Metadata.GetMetadata<PageActionDescriptor>() is null)
        .Select(endpoint => (endpoint.RoutePattern.RawText!.TrimStart('/'), endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]));

    private IEnumerable<RouteEndpoint> Endpoints() => host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static bool HasId(RouteEndpoint endpoint) => endpoint.RoutePattern.Parameters.Any(parameter => !parameter.IsCatchAll) && endpoint.RoutePattern.RawText is not null;

    internal static string With(string pattern, string id)
    {
        var filled = RoutePatternFactory.Parse(pattern).PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            _ => Uri.EscapeDataString(id),
        })));
        return string.Join('/', filled);
    }
}
