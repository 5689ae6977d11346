namespace Modular.Host.Observing;

/// <summary><c>/healthz</c>: the process runs. <c>/readyz</c>: it can serve, which takes the database.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok\n"));
        routes.MapGet("/readyz", async (SystemDb db, CancellationToken ct) =>
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
                limit.CancelAfter(TimeSpan.FromSeconds(3));
                await db.FindAsync<int>("select 1", null, limit.Token);
                return Results.Text("ready\n");
            }
            catch (Exception) when (!ct.IsCancellationRequested)
            {
                return Results.Text("the database does not answer\n", statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        });
    }
}
