using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Modular.Host.Demo;

/// <summary>A tenant seen from outside: REST and WebDAV over HTTP with its key, as any customer's program would.</summary>
internal sealed class DemoApi : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _rest;
    private readonly HttpClient _files;

    public DemoApi(Uri address, string tenant, string key)
    {
        Tenant = tenant;
        _rest = new HttpClient { BaseAddress = new Uri(address, "/api/v1/"), Timeout = TimeSpan.FromMinutes(2) };
        _rest.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _files = new HttpClient { BaseAddress = new Uri(address, $"/dav/{tenant}/"), Timeout = TimeSpan.FromMinutes(2) };
        _files.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("key:" + key)));
    }

    public string Tenant { get; }

    public async Task<JsonNode> GetAsync(string path, CancellationToken ct) => await ReadAsync(await _rest.GetAsync(path, ct), path, ct);

    public async Task<JsonNode> PostAsync(string path, object body, CancellationToken ct) => await ReadAsync(await _rest.PostAsJsonAsync(path, body, Json, ct), path, ct);

    /// <summary>As <see cref="PostAsync"/>; that the thing is there already is no failure.</summary>
    public async Task EnsureAsync(string path, object body, CancellationToken ct)
    {
        using var answer = await _rest.PostAsJsonAsync(path, body, Json, ct);
        if (answer.StatusCode is not HttpStatusCode.Conflict) await RequireAsync(answer, path, ct);
    }

    /// <summary>All items of a list that is given out in pages.</summary>
    public async IAsyncEnumerable<JsonNode> PagesAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var page = await GetAsync(path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "limit=1000" + (cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor)), ct);
            foreach (var item in page["items"]!.AsArray()) yield return item!;
            cursor = page["next"]?.ToString();
        }
        while (cursor is not null);
    }

    public async Task PutFileAsync(string path, byte[] content, CancellationToken ct)
    {
        using var body = new ByteArrayContent(content);
        using var answer = await _files.PutAsync(path, body, ct);
        await RequireAsync(answer, path, ct);
    }

    /// <returns>Null when there is no such file.</returns>
    public async Task<string?> FindFileAsync(string path, CancellationToken ct)
    {
        using var answer = await _files.GetAsync(path, ct);
        if (answer.StatusCode is HttpStatusCode.NotFound) return null;
        await RequireAsync(answer, path, ct);
        return await answer.Content.ReadAsStringAsync(ct);
    }

    public void Dispose()
    {
        _rest.Dispose();
        _files.Dispose();
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer, string path, CancellationToken ct)
    {
        using (answer)
        {
            await RequireAsync(answer, path, ct);
            return await answer.Content.ReadFromJsonAsync<JsonNode>(ct) ?? throw new DemoFailedException($"{path} answered with nothing.");
        }
    }

    private static async Task RequireAsync(HttpResponseMessage answer, string path, CancellationToken ct)
    {
        if (!answer.IsSuccessStatusCode)
            throw new DemoFailedException($"{answer.RequestMessage?.Method} {path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
    }
}

/// <summary>The demo cannot go on; the message says where it stopped.</summary>
internal sealed class DemoFailedException(string message) : Exception(message);
