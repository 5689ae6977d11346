using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Tests.SignIn;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Access;

/// <summary>
/// Knocks at every page and every call of REST with each built-in role, and compares who was let in with <c>access.txt</c>, which a person can read. A new page is a new
/// line there: whoever adds it sees, and shows in review, who may.
/// </summary>
public sealed partial class AccessTableTests(SignInHost host) : IClassFixture<SignInHost>
{
    private const string Operator = "operator";

    private static readonly string[] Columns = [.. Role.BuiltIn.Select(r => r.Name), Operator];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_role_gets_what_the_table_says_and_no_more()
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        await KnockAtPagesAsync(lines);
        await KnockAtRestAsync(lines);
        Assert.True(lines.Count > 80, $"Only {lines.Count} doors were found: the walk has lost its way.");

        var actual = string.Concat([Line("door", Columns), .. lines]);
        var stored = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Access", "access.txt"), Ct);
        if (stored != actual) await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Access", "access.actual.txt"), actual, Ct);
        Assert.True(stored == actual, $"""
            Who may do what is not what tests/Modular.Tenancy.Tests/Access/access.txt says. If it is meant, take {AppContext.BaseDirectory}Access/access.actual.txt instead. What differs:
            {string.Join('\n', actual.Split('\n').Except(stored.Split('\n')).Select(l => "is:   " + l).Concat(stored.Split('\n').Except(actual.Split('\n')).Select(l => "said: " + l)))}
            """);
    }

    private async Task KnockAtPagesAsync(SortedSet<string> lines)
    {
        var visitors = new Dictionary<string, Visitor>(StringComparer.Ordinal);
        try
        {
            foreach (var column in Columns) visitors.Add(column, await EnterAsync(column));
            foreach (var (pattern, page) in await PagesAsync())
            {
                var attributes = page.PageTypeInfo.GetCustomAttributes(inherit: true).Concat(page.HandlerTypeInfo.GetCustomAttributes(inherit: true)).ToList();
                if (attributes.OfType<IAllowAnonymous>().Any())
                {
                    lines.Add($"{"page " + pattern,-70} anyone\n");
                    continue;
                }
                var answers = new List<string>();
                foreach (var column in Columns) answers.Add(IsIn((await visitors[column].GetAsync(Filled(pattern))).Status));
                lines.Add(Line("page " + pattern, answers));

                foreach (var handler in page.HandlerMethods)
                {
                    var needed = handler.MethodInfo.GetCustomAttributes<NeedsPermissionAttribute>().Select(n => n.Permission).ToList();
                    if (needed.Count == 0) continue;
                    var door = $"page {pattern} {handler.HttpMethod}{(handler.Name is null ? "" : " " + handler.Name)}";
                    var may = new List<string>();
                    foreach (var column in Columns) may.Add(await TryHandlerAsync(visitors[column], column, pattern, handler, needed));
                    lines.Add(Line(door, may));
                }
            }
        }
        finally
        {
            foreach (var visitor in visitors.Values) visitor.Dispose();
        }
    }

    /// <summary>Whoever lacks the right is really refused; whoever has it is not asked to do it here, because it would be done.</summary>
    private static async Task<string> TryHandlerAsync(Visitor visitor, string column, string pattern, HandlerMethodDescriptor handler, List<string> needed)
    {
        if (column != Operator && needed.All(Role.Find(column)!.Permissions.Contains)) return "x";
        var action = Filled(pattern) + (handler.Name is null ? "" : "?handler=" + handler.Name);
        var answer = handler.HttpMethod == "Get" ? await visitor.GetAsync(action) : await visitor.SubmitAsync("/step-up", action);
        return IsIn(answer.Status);
    }

    private async Task KnockAtRestAsync(SortedSet<string> lines)
    {
        using var client = host.NewClient();
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var role in Role.BuiltIn) keys.Add(role.Name, await NewKeyAsync(role));
        foreach (var endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var pattern = "/" + endpoint.RoutePattern.RawText?.TrimStart('/');
            if (!pattern.StartsWith("/api/v1", StringComparison.Ordinal)) continue;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
            {
                if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                {
                    lines.Add($"{method + " " + pattern,-70} anyone\n");
                    continue;
                }
                var answers = new List<string>();
                foreach (var role in Role.BuiltIn) answers.Add(IsIn(await CallAsync(client, keys[role.Name], method, Filled(pattern))));
                lines.Add(Line(method + " " + pattern, [.. answers, "-"]));   // an operator has no key
            }
        }
    }

    private static async Task<HttpStatusCode> CallAsync(HttpClient client, string key, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (method is "POST" or "PUT" or "PATCH") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        return answer.StatusCode;
    }

    /// <summary>Refused is refused; not found, badly asked and everything else comes after the door.</summary>
    private static string IsIn(HttpStatusCode status) => status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? "." : "x";

    private static string Line(string door, IReadOnlyList<string> cells) => $"{door,-70} {string.Join(' ', cells.Zip(Columns, (cell, column) => cell.PadRight(column.Length)))}".TrimEnd() + "\n";

    private static string Filled(string pattern) => Parameter().Replace(pattern, p => p.Value.Contains(":guid", StringComparison.Ordinal) ? Guid.Empty.ToString() : "1");

    private async Task<IReadOnlyList<(string Pattern, CompiledPageActionDescriptor Page)>> PagesAsync()
    {
        var found = new Dictionary<string, CompiledPageActionDescriptor>(StringComparer.Ordinal);
        foreach (var endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not { } page) continue;
            found["/" + endpoint.RoutePattern.RawText?.TrimStart('/')] = await host.Services.GetRequiredService<PageLoader>().LoadAsync(page, EndpointMetadataCollection.Empty);
        }
        return [.. found.Select(p => (p.Key, p.Value)).Where(p => !p.Key.StartsWith("/error", StringComparison.Ordinal))];
    }

    private async Task<Visitor> EnterAsync(string column)
    {
        var address = $"{column}@acme.example";
        var password = column switch
        {
            Operator => JsonDocument.Parse((await host.RunAsync("operator", "create", address, "--json")).Output).RootElement.GetProperty("password").GetString()!,
            _ => await host.NewUserAsync(address, column),
        };
        var visitor = new Visitor(host);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.SignInAsync(address, password)).Status);
        return visitor;
    }

    private async Task<string> NewKeyAsync(Role role) =>
        JsonDocument.Parse((await host.RunAsync("key", "create", "acme", "--name", "knocks-as-" + role.Name, "--permissions", string.Join(',', role.Permissions), "--json")).Output).RootElement.GetProperty("apiKey").GetString()!;

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
