using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modular.EndToEnd.Tests.Loop;

namespace Modular.EndToEnd.Tests.t05_attack;

/// <summary>Somebody whose role reaches one list and one sending domain, at every door: what is beyond is not shown and does not change, and what is theirs is there.</summary>
public sealed partial class LimitedRoleTests(LimitedRoleHost host) : IClassFixture<LimitedRoleHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_pages_what_is_out_of_reach_is_not_there()
    {
        var before = await host.StateAsync();
        var loader = host.Services.GetRequiredService<PageLoader>();
        var pages = Endpoints().Select(endpoint => (endpoint, Page: endpoint.Metadata.GetMetadata<PageActionDescriptor>())).Where(page => page.Page is not null).DistinctBy(page => page.endpoint.RoutePattern.RawText).ToList();
        Assert.True(pages.Count(page => HasId(page.endpoint)) > 12 && pages.Count > 50, $"only {pages.Count} pages were found");
        foreach (var (endpoint, page) in pages)
        {
            var pattern = endpoint.RoutePattern.RawText!;
            if (!HasId(endpoint))
            {
                if (pattern.TrimStart('/') is "sign-out") continue;
                var plain = await host.Limited.GetAsync("/" + pattern.TrimStart('/'));
                Judge("GET", pattern, "no id", plain.Status, plain.Body);
                continue;
            }
            var handlers = (await loader.LoadAsync(page!, endpoint.Metadata)).HandlerMethods;
            foreach (var id in host.Ids)
            {
                var path = "/" + ForeignIdTests.With(pattern, id).TrimStart('/');
                foreach (var handler in handlers)
                {
                    var asked = path + (handler.Name is { Length: > 0 } name ? "?handler=" + name : "");
                    var answer = handler.HttpMethod is "GET" or "Get" ? await host.Limited.GetAsync(asked) : await host.Limited.SubmitAsync("/contacts/imports/new", asked);
                    Judge(handler.HttpMethod, pattern, id, answer.Status, answer.Body);
                }
            }
        }
        foreach (var path in new[] { $"/contacts?list={host.OtherList}", $"/contacts?q={LimitedRoleHost.Mark}", $"/contacts?q=ann%40{LimitedRoleHost.Mark}.example", $"/campaigns?q={LimitedRoleHost.Mark}" })
        {
            var answer = await host.Limited.GetAsync(path);
            Assert.DoesNotContain(">" + LimitedRoleHost.Mark, answer.Body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("@" + LimitedRoleHost.Mark + ".example</a>", answer.Body, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(before, await host.StateAsync());
    }

    [Fact]
    public async Task By_rest_what_is_out_of_reach_is_not_there()
    {
        var before = await host.StateAsync();
        var routes = Endpoints().Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1/", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null).ToList();
        var walked = 0;
        foreach (var endpoint in routes)
        {
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            foreach (var method in methods.Where(m => HasId(endpoint) || m is "GET"))
            {
                foreach (var id in HasId(endpoint) ? host.Ids : [""])
                {
                    if (await CallAsync(endpoint, method, id) is not var (status, body)) continue;
                    walked++;
                    Judge(method, endpoint.RoutePattern.RawText!, id, status, body);
                }
            }
        }
        Assert.True(walked > 200, $"only {walked} calls were made");
        Assert.Equal(before, await host.StateAsync());
    }

    [Fact]
    public async Task What_is_theirs_is_there()
    {
        Assert.Contains(LimitedRoleHost.OwnAddress, (await host.Limited.GetAsync("/contacts")).Body, StringComparison.Ordinal);
        Assert.Contains(LimitedRoleHost.OwnAddress, (await host.Limited.GetAsync($"/contacts/{host.OwnContact}")).Body, StringComparison.Ordinal);
        Assert.Contains(">Press</a>", (await host.Limited.GetAsync("/contacts/lists")).Body, StringComparison.Ordinal);
        Assert.Contains(LimitedRoleHost.OwnDomain, (await host.Limited.GetAsync("/delivery/domains")).Body, StringComparison.Ordinal);
        var (status, body) = (await CallAsync(Endpoints().Single(e => e.RoutePattern.RawText!.TrimStart('/') is "api/v1/contacts/{id:long}" && e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET")), "GET", host.OwnContact.ToString(null, null)))!.Value;
        Assert.Equal((HttpStatusCode.OK, LimitedRoleHost.OwnAddress), (status, (string?)JsonNode.Parse(body)!["email"]));
        Assert.Contains(LimitedRoleHost.Mark, (await host.OwnerVisit.GetAsync("/contacts")).Body, StringComparison.Ordinal);   // and the owner still sees the rest
    }

    [Fact]
    public async Task Closed_doors_say_why()
    {
        foreach (var path in new[] { "/delivery/queue", "/delivery/gateway", "/delivery/captured" })
        {
            var answer = await host.Limited.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
            Assert.Contains("Your role reaches chosen lists and sending domains only", answer.Body, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("/delivery/queue", (await host.Limited.GetAsync("/")).Body, StringComparison.Ordinal);   // the menu leads to none of them

        using var client = host.NewClient();
        foreach (var verb in new[] { "PROPFIND", "GET", "PUT", "OPTIONS" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(verb), $"dav/acme/import/{LimitedRoleHost.Mark}.csv")
            {
                Content = verb is "PUT" ? new StringContent("email\r\nx@y.example\r\n") : null,
                Headers = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{LimitedRoleHost.Person}:{host.Password}"))) },
            };
            using var answer = await client.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Contains("chosen lists only", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Their_campaign_reaches_their_list_alone()
    {
        var refused = await host.Limited.SubmitAsync("/campaigns/new", "/campaigns/new", ("Input.Name", "Mine"), ("Input.FromAddress", "letter@news.acme.example"));
        Assert.Contains("does not reach the domain of this sender", refused.Body, StringComparison.Ordinal);
        var made = await host.Limited.SubmitAsync("/campaigns/new", "/campaigns/new", ("Input.Name", "Mine"), ("Input.Subject", "Hello"), ("Input.FromAddress", "letter@" + LimitedRoleHost.OwnDomain));
        var id = Campaign().Match(made.Location ?? "").Groups[1].Value;
        Assert.NotEqual("", id);
        await host.Limited.SubmitAsync($"/campaigns/{id}", $"/campaigns/{id}", ("Input.Name", "Mine"), ("Input.Subject", "Hello"), ("Input.FromAddress", "letter@" + LimitedRoleHost.OwnDomain), ("Input.Html", "<p>Hi <a href=\"{{unsubscribe_url}}\">leave</a></p>"));
        Assert.Contains("Press", (await host.Limited.GetAsync($"/campaigns/{id}/audience")).Body, StringComparison.Ordinal);

        var sent = await host.Limited.SubmitAsync($"/campaigns/{id}/sending", $"/campaigns/{id}/sending?handler=Send");
        Assert.True(sent.Location is not null, sent.Body);
        await host.Owner.SentAsync(long.Parse(id, null), analysis => (string?)analysis["state"] == "sent");
        Assert.Equal([host.OwnContact], (await host.Owner.AllAsync($"campaigns/{id}/recipients")).Select(recipient => (long)recipient["contactId"]!));
        Assert.Contains(LimitedRoleHost.OwnAddress, (await host.Limited.GetAsync($"/campaigns/{id}/recipients")).Body, StringComparison.Ordinal);
    }

    /// <summary>What the host does with a caller and an endpoint, and the endpoint itself: people have no session at REST, and keys no limits yet.</summary>
    /// <returns>Null where the host would refuse.</returns>
    private async Task<(HttpStatusCode Status, string Body)?> CallAsync(RouteEndpoint endpoint, string method, string id)
    {
        if (endpoint.Metadata.GetOrderedMetadata<NeedsPermissionAttribute>().Any(needed => !host.Caller.May(needed.Permission))) return null;
        if (LimitsOnEndpoint.FaultOf(endpoint.Metadata.GetOrderedMetadata<NeedsNoLimitAttribute>(), host.Caller) is not null) return null;
        await using var scope = host.Services.CreateAsyncScope();
        using var answer = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = Ct };
        context.BindCaller(host.Caller);
        context.SetEndpoint(endpoint);
        context.Request.Method = method;
        if (method is not ("GET" or "DELETE"))
        {
            context.Request.ContentType = "application/json";
            context.Request.ContentLength = 2;
            context.Request.Body = new MemoryStream("{}"u8.ToArray());
        }
        foreach (var parameter in endpoint.RoutePattern.Parameters) context.Request.RouteValues[parameter.Name] = id;
        if (endpoint.RoutePattern.Parameters.Any(p => p.ParameterPolicies.Any(policy => policy.Content is "long")) && !long.TryParse(id, null, out _)) return null;   // routing finds nothing
        context.Response.Body = answer;
        await endpoint.RequestDelegate!(context);
        return ((HttpStatusCode)context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }

    private static void Judge(string method, string pattern, string id, HttpStatusCode status, string body)
    {
        Assert.True((int)status < 500, $"{method} {pattern} with {id}: {status} {body}");
        // A page repeats what the URL said; more than that it cannot know.
        var said = id.Length == 0 ? body : body.Replace(id, "", StringComparison.Ordinal).Replace(WebUtility.UrlEncode(id), "", StringComparison.Ordinal);
        Assert.False(said.Contains(LimitedRoleHost.Mark, StringComparison.OrdinalIgnoreCase), $"{method} {pattern} with {id} shows what is out of reach: {body}");
    }

    private IEnumerable<RouteEndpoint> Endpoints() => host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.RoutePattern.RawText is not null);

    private static bool HasId(RouteEndpoint endpoint) => endpoint.RoutePattern.Parameters.Any(parameter => !parameter.IsCatchAll);

    [GeneratedRegex("^/campaigns/([0-9]+)$")]
    private static partial Regex Campaign();
}
