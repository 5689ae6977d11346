using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Modular.Kernel.Access;

/// <summary>
/// The session must have seen a fresh factor: exports, deletions, keys, policies. On endpoints and page models the host checks it, on a page's handler method
/// tenancy does. API keys and credentials are no sessions: for them the permission is enough.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsStepUpAttribute : Attribute;

public static class StepUp
{
    public const string Path = "/step-up";

    /// <summary>How old the factor may be when a page is opened.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(5);

    /// <summary>How old when the form on it comes back: nobody loses what they typed because typing took a while.</summary>
    public static readonly TimeSpan AgeOfForm = TimeSpan.FromMinutes(15);

    public static TBuilder NeedsStepUp<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(e => e.Metadata.Add(new NeedsStepUpAttribute()));
        return endpoint;
    }

    public static bool IsFresh(Caller caller, string method, DateTimeOffset now) =>
        caller.SessionId is null || now - caller.ProvenAt <= (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? Age : AgeOfForm);
}
