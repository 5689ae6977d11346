using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Tests.SignIn;

namespace Modular.Tenancy.Tests.Roles;

/// <summary>Each page and each call of REST, whoever wrote it, says who may; one that says nothing is refused by the host, and found here.</summary>
public sealed class ClosedByDefaultTests(SignInHost host) : IClassFixture<SignInHost>
{
    [Fact]
    public async Task Everything_that_the_console_and_REST_offer_says_who_may()
    {
        var said = 0;
        foreach (var endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (await MetadataOfAsync(endpoint) is not { } metadata) continue;
            said++;
            var needed = metadata.OfType<NeedsPermissionAttribute>().Select(n => n.Permission).ToList();
            Assert.True(
                needed.Count > 0 || metadata.Any(m => m is IAllowAnonymous or ForEveryoneSignedInAttribute),
                $"{endpoint.DisplayName} names no permission: the host refuses it to everyone.");
            Assert.All(needed, p => Assert.True(Permissions.All.Contains(p) || p == Permissions.InstallationManage, $"{endpoint.DisplayName} needs {p}, which nobody can hold."));
        }
        Assert.True(said > 50, $"Only {said} endpoints were found: the walk has lost its way.");
    }

    [Fact]
    public void Every_permission_is_described_once_and_the_owner_holds_them_all()
    {
        Assert.Equal(Permissions.All.Count, Permissions.Described.Count);
        Assert.Equal(Permissions.All, Role.Owner.Permissions);
        Assert.All(Role.BuiltIn, r => Assert.Subset(new HashSet<string>(Permissions.All), new HashSet<string>(r.Permissions)));
        Assert.All(Role.BuiltIn, r => Assert.DoesNotContain(Permissions.InstallationManage, r.Permissions));
    }

    /// <summary>Null for what is neither a page nor REST: it guards itself.</summary>
    private async Task<IEnumerable<object>?> MetadataOfAsync(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not { } page)
            return endpoint.RoutePattern.RawText?.StartsWith("/api/v1", StringComparison.Ordinal) is true ? endpoint.Metadata : null;
        var compiled = await host.Services.GetRequiredService<PageLoader>().LoadAsync(page, EndpointMetadataCollection.Empty);
        return [.. compiled.PageTypeInfo.GetCustomAttributes(inherit: true), .. compiled.HandlerTypeInfo.GetCustomAttributes(inherit: true)];
    }
}
