using Microsoft.AspNetCore.Http;

namespace Modular.Campaigns.Composing;

/// <summary>A tenant's HTML on our address: shown, never run, and kept away from our cookies and pages.</summary>
internal static class SandboxedHtml
{
    private const string Policy =
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; font-src https: data:; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

    public static void Head(HttpResponse response, int bytes)
    {
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = bytes;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XFrameOptions = "SAMEORIGIN";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store, private";
    }
}
