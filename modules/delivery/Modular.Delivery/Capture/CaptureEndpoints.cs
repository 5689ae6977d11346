using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;

namespace Modular.Delivery.Capture;

/// <summary><c>/api/v1/capture</c>: a tenant's own captured mail, and what the far side counted.</summary>
internal static class CaptureEndpoints
{
    public static void MapCapture(this IEndpointRouteBuilder api)
    {
        var capture = api.MapGroup("/capture").NeedsNoLimit(LimitKinds.Any);   // mail of every list and domain lies there together
        capture.MapGet("/counts", (HttpContext http, CaptureFiles files) => CaptureCounts.Of(files, http.Caller.Tenant)).Needs(Permissions.DeliveryRead);
        capture.MapGet("/messages", List).Needs(Permissions.DeliveryRead);
        capture.MapGet("/messages/{number:long}/raw", Raw).Needs(Permissions.DeliveryRead);
        capture.MapGet("/sms", async (HttpContext http, CapturedSms kept, CancellationToken ct) => new { items = await kept.ListAsync(http.Caller.Tenant, ct) }).Needs(Permissions.DeliveryRead).Needs(Permissions.SecurityManage);
        capture.MapGet("/raw", RawOf).Needs(Permissions.DeliveryRead);
    }

    private static IResult List(HttpContext http, CapturedMails mails, string? recipient, string? messageId, string? cursor, int? limit)
    {
        long? before = null;
        if (cursor is not null)
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return new BadCaptureCursor().ToProblem();
            before = number;
        }
        var size = Math.Clamp(limit ?? 50, 1, CapturedMails.MaxPage);
        var found = mails.List(http.Caller, recipient, messageId, before, size);
        return Results.Ok(new
        {
            items = found.Select(CapturedJson.Of),
            next = found.Count < size ? null : found[^1].Number.ToString(CultureInfo.InvariantCulture),
        });
    }

    private static IResult Raw(HttpContext http, long number, CapturedMails mails) => Message(mails.Find(http.Caller, number));

    /// <summary>The newest copy, by Message-ID or recipient.</summary>
    private static IResult RawOf(HttpContext http, CapturedMails mails, string? recipient, string? messageId) =>
        recipient is null && messageId is null ? new NameAMail().ToProblem() : Message(mails.List(http.Caller, recipient, messageId, null, 1) is [var mail] ? mail : null);

    private static IResult Message(CapturedMail? mail) => mail is null ? new NotFound("captured mail").ToProblem() : Results.Bytes(mail.Content, "message/rfc822");
}

internal sealed record BadCaptureCursor() : Fault("The cursor is the \"next\" of the page before, unchanged.")
{
    public override string Field => "cursor";
}

internal sealed record NameAMail() : Fault("Name the mail by ?messageId= or by ?recipient=.");

/// <param name="Id">Its number in the capture index.</param>
internal sealed record CapturedJson(long Id, DateTimeOffset At, string From, string To, string? Subject, string? MessageId, string Connection, int Bytes)
{
    public static CapturedJson Of(CapturedMail mail)
    {
        var headers = CapturedMails.HeadersOf(mail);
        return new CapturedJson(
            mail.Number, mail.Record.At, mail.From, mail.To, headers["Subject"], headers.Find("Message-ID")?.Value,
            mail.Record.Connection.ToString("x16", CultureInfo.InvariantCulture), mail.Content.Length);
    }
}
