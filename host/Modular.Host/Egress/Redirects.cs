using System.Net;
using Modular.Plugins;

namespace Modular.Host.Egress;

/// <summary>Follows at most three redirects of a GET, each of which is connected to, and so checked, anew. Credentials stay with the host they were meant for.</summary>
internal sealed class Redirects(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int Most = 3;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RequireHttp(request.RequestUri);
        for (var followed = 0; ; followed++)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (request.Method != HttpMethod.Get || answer.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || answer.Headers.Location is not { } location)
                return answer;

            answer.Dispose();
            var from = request.RequestUri!;   // RequireHttp has seen it
            var to = new Uri(from, location);
            if (followed == Most)
                throw new SourceFaultException($"{from.Host} redirects more than {Most} times.", isTransient: false);
            RequireHttp(to);
            if (from.Scheme == Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttps)
                throw new SourceFaultException($"{from.Host} redirects from https to http, where others can read along.", isTransient: false);
            request = Copy(request, to);
        }
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, Uri to)
    {
        var copy = new HttpRequestMessage(request.Method, to) { Version = request.Version };
        var sameHost = request.RequestUri!.Authority == to.Authority;   // never null: it has been sent
        foreach (var (name, values) in request.Headers)
        {
            if (sameHost || name is not "Authorization")
                copy.Headers.TryAddWithoutValidation(name, values);
        }

        return copy;
    }

    private static void RequireHttp(Uri? address)
    {
        if (address is not { IsAbsoluteUri: true, Scheme: "http" or "https" } || address.UserInfo.Length > 0)
            throw new SourceFaultException("The address must begin with http:// or https:// and hold no password.", isTransient: false);
    }
}
