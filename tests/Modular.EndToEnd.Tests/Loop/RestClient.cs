using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Modular.EndToEnd.Tests.Loop;

/// <summary>What a stranger's program has: REST with an API key, the drop folder with Basic.</summary>
internal sealed class RestClient(Uri url, string slug, string key) : IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    /// <summary>How long nothing may move: machines that build and test at once are slow, but they do move.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = url };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, "api/v1/" + path, null);
        return await ReadAsync(answer);
    }

    public async Task<JsonNode> PostAsync(string path, object? body = null)
    {
        using var answer = await SendAsync(HttpMethod.Post, "api/v1/" + path, body is null ? null : JsonContent.Create(body));
        return await ReadAsync(answer);
    }

    /// <summary>All pages of a list.</summary>
    public async Task<List<JsonNode>> AllAsync(string path)
    {
        var all = new List<JsonNode>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=500{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
            all.AddRange(page["items"]!.AsArray().Select(item => item!)); // a list of objects
            cursor = (string?)page["next"];
        }
        return all;
    }

    /// <summary>Whatever comes of it; <paramref name="path"/> from the root.</summary>
    public async Task<(HttpStatusCode Status, string Body)> TryAsync(string method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(new HttpMethod(method), path, content, path.StartsWith("dav/", StringComparison.Ordinal), headers);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    public async Task<HttpStatusCode> PutFileAsync(string name, byte[] content)
    {
        using var answer = await SendAsync(HttpMethod.Put, $"dav/{slug}/import/{name}", new ByteArrayContent(content), isDav: true);
        return answer.StatusCode;
    }

    public async Task<string> GetFileAsync(string name)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"dav/{slug}/import/{name}", null, isDav: true);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    /// <summary>Asks again until it holds; fails when the answer has not changed for too long.</summary>
    public async Task<JsonNode> UntilAsync(string path, Func<JsonNode, bool> holds)
    {
        using var timer = new PeriodicTimer(Between);
        var (last, since) = ("", TimeProvider.System.GetTimestamp());
        while (true)
        {
            var now = await GetAsync(path);
            if (holds(now)) return now;
            var text = now.ToJsonString();
            if (text != last) (last, since) = (text, TimeProvider.System.GetTimestamp());
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, $"{path} stands still at {text}");
            await timer.WaitForNextTickAsync(Ct);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, bool isDav = false, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = isDav
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("key:" + key)))
            : new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request, Ct);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!; // a document
    }
}
