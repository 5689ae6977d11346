using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Modular.Web.Kit;

/// <summary>The address of this page with some of its query changed: filters, order and place all live in the address.</summary>
public static class QueryLink
{
    /// <param name="changes">A null value takes the name out. A change of anything but the cursor starts at the first page again.</param>
    public static string With(HttpRequest request, params ReadOnlySpan<(string Name, string? Value)> changes)
    {
        var query = request.Query
            .Where(pair => !string.Equals(pair.Key, "handler", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        query.Remove("cursor");
        foreach (var (name, value) in changes)
        {
            if (string.IsNullOrEmpty(value)) query.Remove(name);
            else query[name] = value;
        }
        return request.PathBase + request.Path + new QueryBuilder(query).ToQueryString();
    }
}
