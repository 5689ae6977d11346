using Microsoft.AspNetCore.Http;

namespace Modular.Web.Kit;

public static class HtmxRequest
{
    extension(HttpRequest request)
    {
        /// <summary>The request refreshes a part of a page that is already open.</summary>
        public bool IsHtmx => request.Headers.ContainsKey("HX-Request");
    }
}
