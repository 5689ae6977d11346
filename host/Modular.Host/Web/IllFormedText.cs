using System.Text.Json;
using Npgsql;

namespace Modular.Host.Web;

/// <summary>
/// A request whose text holds U+0000 or half a surrogate pair is a bad request, wherever that is found out: PostgreSQL stores neither, and JSON reads
/// neither (RFC 8259 §8.2). Fields that say so themselves say where; this is for all others.
/// </summary>
internal sealed class IllFormedText(RequestDelegate next)
{
    private const string Detail = "A text in this request holds U+0000 or half a surrogate pair, which no text can hold. Leave it out.";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception fault) when (IsOurs(fault) && !context.Response.HasStarted)
        {
            context.Response.Clear();
            if (WebPipeline.IsApi(context)) await Results.Problem(statusCode: StatusCodes.Status400BadRequest, detail: Detail).ExecuteAsync(context);
            else context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    private static bool IsOurs(Exception fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter } => true,
        InvalidOperationException => fault.TargetSite?.DeclaringType?.Assembly == typeof(JsonElement).Assembly, // JsonElement.GetString says it so
        _ => fault.InnerException is { } inner && IsOurs(inner),
    };
}
