using Microsoft.AspNetCore.Http;

namespace Modular.Kernel.Web;

/// <summary>Turns faults into problem details (RFC 9457), the same for every module.</summary>
public static class FaultResult
{
    /// <summary>The fault as an answer: its status, its code as <c>type</c>, its words as <c>detail</c>, the field it is about.</summary>
    public static IResult ToProblem(this Fault fault) => Results.Problem(
        detail: fault.Detail,
        statusCode: fault.Status,
        type: "urn:modular:fault:" + fault.Code,
        extensions: fault.Field is { } field ? new Dictionary<string, object?> { ["field"] = field } : null);

    public static IResult ToHttp<T>(this Result<T> result, Func<T, IResult>? ok = null) =>
        result.Match(value => ok is null ? Results.Ok(value) : ok(value), fault => fault.ToProblem());
}
