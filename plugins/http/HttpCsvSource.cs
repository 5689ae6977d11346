using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Modular.Plugins.Http;

/// <summary>A CSV file on a web server. It is fetched only when it changed: the server is shown the ETag, or else the date, of the last one that was read whole.</summary>
public sealed class HttpCsvSource : IImportSource
{
    private const string AddressKey = "url";
    private const string EntityTagKey = "etag";
    private const string ModifiedKey = "last-modified";

    public string Name => "http-csv";

    public async IAsyncEnumerable<ContactRow> ReadAsync(SourceContext context, [EnumeratorCancellation] CancellationToken ct)
    {
        var address = Address(context);
        using var request = Request(context, address);
        using var answer = await SendAsync(context.Http, request, ct);
        if (answer.StatusCode is HttpStatusCode.NotModified)
        {
            context.ReportUnchanged();
            yield break;
        }

        RequireFile(answer, address);
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        await foreach (var row in CsvRows.ReadAsync(body, CsvFormat.Of(context), ct))
            yield return row;

        context.State[AddressKey] = address.AbsoluteUri;
        Remember(context, EntityTagKey, answer.Headers.ETag?.ToString());
        Remember(context, ModifiedKey, answer.Content.Headers.LastModified?.ToString("R"));
    }

    private static Uri Address(SourceContext context) =>
        Uri.TryCreate(context.Required("url"), UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new SourceFaultException("The address must begin with http:// or https://.", isTransient: false);

    private static HttpRequestMessage Request(SourceContext context, Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/csv, text/plain;q=0.9, */*;q=0.1");
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (context.State.TryGetValue(AddressKey, out var last) && last == address.AbsoluteUri)   // another address, another file
        {
            if (context.State.TryGetValue(EntityTagKey, out var tag) && EntityTagHeaderValue.TryParse(tag, out var parsed))
                request.Headers.IfNoneMatch.Add(parsed);
            else if (context.State.TryGetValue(ModifiedKey, out var modified) && DateTimeOffset.TryParse(modified, null, out var date))
                request.Headers.IfModifiedSince = date;
        }

        if (context.Settings.TryGetValue("user", out var user) && user.Length > 0)
        {
            if (address.Scheme != "https" && !address.IsLoopback)
                throw new SourceFaultException("A password is sent over https only: change the address to https://.", isTransient: false);
            var password = context.Settings.TryGetValue("password", out var secret) ? secret : "";
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }

        return request;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, CancellationToken ct)
    {
        var host = request.RequestUri!.Host;   // set in Request
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
        catch (HttpRequestException e) when (e.InnerException is SourceFaultException refused)
        {
            throw new SourceFaultException(refused.Message, refused.IsTransient, e);
        }
        catch (HttpRequestException e)
        {
            throw new SourceFaultException($"{host} could not be reached: {e.Message}", isTransient: true, e);
        }
        catch (TaskCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new SourceFaultException($"{host} did not answer in time.", isTransient: true, e);
        }
    }

    private static void RequireFile(HttpResponseMessage answer, Uri address)
    {
        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw new SourceFaultException($"{address.Host} refuses the user name or password ({(int)answer.StatusCode}).", isTransient: false);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            throw new SourceFaultException($"{address.Host} has no file at {address.AbsolutePath} ({(int)answer.StatusCode}).", isTransient: false);
        if (answer.StatusCode is not HttpStatusCode.OK)
            throw new SourceFaultException($"{address.Host} answered {(int)answer.StatusCode} {answer.ReasonPhrase}.", IsTransient(answer.StatusCode));
        if (answer.Content.Headers.ContentType?.MediaType is "text/html")
            throw new SourceFaultException($"{address.Host} sent a web page, not a CSV file. Is that the file's own address, and does it need a sign-in?", isTransient: false);
    }

    private static bool IsTransient(HttpStatusCode status) => (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    private static void Remember(SourceContext context, string key, string? value)
    {
        if (value is null)
            context.State.Remove(key);
        else
            context.State[key] = value;
    }
}
