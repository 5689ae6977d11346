using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Modular.Plugins.SmsHttp;

/// <summary>Any gateway that takes a message by one HTTP request: address, method, headers and body are templates.</summary>
public sealed class HttpSmsGateway : ISmsGateway
{
    private const int MaxAnswerBytes = 16 << 10;
    private const int MaxQuoted = 200;
    private const int MaxHeaders = 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    public string Name => "sms-http";

    public async Task SendAsync(SmsContext context, SmsMessage message, CancellationToken ct)
    {
        using var request = Request(context, message);
        using var late = new CancellationTokenSource(Timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        var host = request.RequestUri!.Host;   // set in Request
        try
        {
            using var answer = await context.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            Judge(context, message, host, answer, await ReadAsync(answer, either.Token));
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new SmsFaultException($"{host} did not answer within {Timeout.TotalSeconds:0} seconds.", isTransient: true, e);
        }
        catch (HttpRequestException e) when (e.InnerException is SourceFaultException refused)
        {
            throw new SmsFaultException(refused.Message, refused.IsTransient, e);
        }
        catch (SourceFaultException refused)
        {
            throw new SmsFaultException(refused.Message, refused.IsTransient, refused);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new SmsFaultException($"{host} could not be reached: {e.Message}", isTransient: true, e);
        }
    }

    private static HttpRequestMessage Request(SmsContext context, SmsMessage message)
    {
        var secret = context.Optional("secret") ?? "";
        var request = new HttpRequestMessage(Method(context), Address(context, message, secret));
        if (request.Method != HttpMethod.Get)
        {
            var type = context.Optional("type") ?? "application/json";
            request.Content = new StringContent(Template.Fill("body", context.Required("body"), message, secret, Template.EscapeFor(type)), Encoding.UTF8, type);
        }
        if (context.Optional("user") is { } user)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{context.Optional("password")}")));
        AddHeaders(context, message, secret, request.Headers);
        return request;
    }

    private static HttpMethod Method(SmsContext context) => context.Optional("method")?.ToUpperInvariant() switch
    {
        null or "POST" => HttpMethod.Post,
        "GET" => HttpMethod.Get,
        "PUT" => HttpMethod.Put,
        var other => throw new SmsFaultException($"The method '{other}' is none of POST, GET and PUT.", isTransient: false),
    };

    private static Uri Address(SmsContext context, SmsMessage message, string secret)
    {
        var template = context.Required("url");
        if (!Uri.TryCreate(template, UriKind.Absolute, out var raw) || raw.Scheme is not ("http" or "https") || raw.Authority.Contains('{', StringComparison.Ordinal))
            throw new SmsFaultException("The address must begin with https:// and a host name; only behind that is anything filled in.", isTransient: false);
        if (raw.Scheme != "https" && !raw.IsLoopback)
            throw new SmsFaultException("A code is sent over https only: change the address to https://.", isTransient: false);
        return new Uri(Template.Fill("url", template, message, secret, Uri.EscapeDataString));
    }

    private static void AddHeaders(SmsContext context, SmsMessage message, string secret, HttpRequestHeaders headers)
    {
        var lines = (context.Optional("headers") ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length > MaxHeaders)
            throw new SmsFaultException($"The setting 'headers' holds {lines.Length} lines; at most {MaxHeaders} are sent.", isTransient: false);
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = Template.Fill("headers", line[(colon + 1)..].Trim(), message, secret, static v => v);
            if (colon < 1 || value.Any(char.IsControl) || !headers.TryAddWithoutValidation(line[..colon].Trim(), value))
                throw new SmsFaultException($"A line of 'headers' is no header: '{(colon < 1 ? line : line[..colon])}'. Write each as Name: value; the type of the body has a setting of its own.", isTransient: false);
        }
    }

    private static async Task<string> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var buffer = new byte[MaxAnswerBytes];
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        return Encoding.UTF8.GetString(buffer, 0, await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct));
    }

    private static void Judge(SmsContext context, SmsMessage message, string host, HttpResponseMessage answer, string body)
    {
        var status = (int)answer.StatusCode;
        var quoted = Quote(context, message, body);
        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw new SmsFaultException($"{host} refuses the sign-in ({status}): check the user name, the password and the secret.{quoted}", isTransient: false);
        if (status is >= 300 and < 400)
            throw new SmsFaultException($"{host} answers {status} and points elsewhere{(answer.Headers.Location is { IsAbsoluteUri: true } to ? $" ({to.Host})" : "")}: enter the final address.", isTransient: false);
        if (!answer.IsSuccessStatusCode)
            throw new SmsFaultException($"{host} answered {status} {answer.ReasonPhrase}.{quoted}", isTransient: status >= 500 || answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);
        if (context.Optional("expect") is { } expected && !body.Contains(expected, StringComparison.OrdinalIgnoreCase))
            throw new SmsFaultException($"{host} answered {status}, but without '{expected}', which means that it took the message.{quoted}", isTransient: false);
    }

    /// <summary>The gateway's own words without ours: answers love to repeat what they were asked.</summary>
    private static string Quote(SmsContext context, SmsMessage message, string body)
    {
        foreach (var own in new[] { message.Text, message.To, message.To.TrimStart('+'), context.Optional("secret"), context.Optional("password") })
        {
            if (own is { Length: > 0 })
                body = body.Replace(own, "…", StringComparison.OrdinalIgnoreCase);
        }
        var line = string.Join(' ', body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length == 0 ? "" : $" It said: {(line.Length > MaxQuoted ? line[..MaxQuoted] + "…" : line)}";
    }
}
