using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace Modular.Testing;

/// <summary>A person's browser, as far as the server sees it: cookies, forms with their token, no redirect followed.</summary>
public sealed partial class Visitor : IDisposable
{
    private readonly HttpClient _client;

    public Visitor(TestHost host) : this(host.Url)
    {
    }

    public Visitor(Uri url)
    {
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = url };
        _client.DefaultRequestHeaders.Add("Accept", "text/html");
    }

    public CookieContainer Cookies { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await SendAsync(request);
    }

    /// <summary>Fills in the form that stands on <paramref name="page"/>.</summary>
    public async Task<Answer> SubmitAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var token = Token().Match((await GetAsync(page)).Body);
        using var request = new HttpRequestMessage(HttpMethod.Post, action)
        {
            Content = new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), KeyValuePair.Create("__RequestVerificationToken", token.Groups[1].Value)]),
        };
        return await SendAsync(request);
    }

    /// <summary>Signs in, and accepts the agreement where it is asked for.</summary>
    public async Task<Answer> SignInAsync(string address, string password, string from = "")
    {
        var answer = await EnterAsync(address, password, from);
        if (answer.Location is not null) await AcceptAsync();
        return answer;
    }

    /// <summary>Signs in and no more.</summary>
    public Task<Answer> EnterAsync(string address, string password, string from = "") =>
        SubmitAsync("/sign-in", "/sign-in", ("Input.Address", address), ("Input.Password", password), ("Return", from));

    public async Task AcceptAsync()
    {
        if (Version().Match((await GetAsync("/agreement")).Body) is { Success: true } version) await SubmitAsync("/agreement", "/agreement", ("version", version.Groups[1].Value));
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _client.SendAsync(request, Ct);
        return new Answer(answer.StatusCode, answer.Headers.Location?.OriginalString, await answer.Content.ReadAsStringAsync(Ct), answer.Headers.ToDictionary(h => h.Key, h => string.Join('\n', h.Value)));
    }

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("name=\"version\" value=\"([0-9]+)\"")]
    private static partial Regex Version();
}

public sealed record Answer(HttpStatusCode Status, string? Location, string Body, IReadOnlyDictionary<string, string> Headers);
