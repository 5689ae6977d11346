using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Modular.Kernel.Access;

/// <summary>
/// Closed to callers with one of these limits, because what it shows or changes is the whole tenant's and cannot be narrowed. On endpoints and page models
/// the host checks it, on a page's handler method tenancy does.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsNoLimitAttribute(LimitKinds kinds) : Attribute
{
    public LimitKinds Kinds { get; } = kinds;

    public bool Shuts(Caller? caller) => caller is not null && (caller.Limits.Kinds & Kinds) != 0;
}

/// <summary>What is said to a caller whose role reaches some lists or sending domains alone.</summary>
public sealed record NotWithinLimits(LimitKinds Kinds) : Fault($"Your role reaches {Words(Kinds)}, and this concerns the whole tenant. Ask somebody whose role is not limited.")
{
    public override int Status => 403;

    private static string Words(LimitKinds kinds) => kinds switch
    {
        LimitKinds.Lists => "chosen lists only",
        LimitKinds.SendingDomains => "chosen sending domains only",
        _ => "chosen lists and sending domains only",
    };
}

public static class LimitsOnEndpoint
{
    private static readonly object Why = new();

    public static TBuilder NeedsNoLimit<TBuilder>(this TBuilder endpoint, LimitKinds kinds) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(e => e.Metadata.Add(new NeedsNoLimitAttribute(kinds)));
        return endpoint;
    }

    extension(HttpContext context)
    {
        /// <summary>Why this request is refused, for the page that says so; null when no reason was given.</summary>
        public string? RefusedBecause
        {
            get => context.Items.TryGetValue(Why, out var why) ? (string?)why : null;
            set => context.Items[Why] = value;
        }
    }

    /// <returns>Null when no limit of the caller stands in the way.</returns>
    public static NotWithinLimits? FaultOf(IEnumerable<NeedsNoLimitAttribute> needed, Caller? caller) =>
        caller is not null && needed.FirstOrDefault(n => n.Shuts(caller)) is not null ? new NotWithinLimits(caller.Limits.Kinds) : null;

    /// <summary>As <see cref="FaultOf(IEnumerable{NeedsNoLimitAttribute}, Caller?)"/>, for a handler method.</summary>
    public static NotWithinLimits? FaultOf(MethodInfo? handler, Caller? caller) => handler is null ? null : FaultOf(handler.GetCustomAttributes<NeedsNoLimitAttribute>(), caller);
}
