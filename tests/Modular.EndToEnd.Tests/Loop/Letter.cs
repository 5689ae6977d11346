using System.Text.Json.Nodes;

namespace Modular.EndToEnd.Tests.Loop;

/// <summary>The steps that every test begins with.</summary>
internal static class Letter
{
    private const string Html = """
        <html><body><p>Dear {{first_name fallback="friend"}},</p>{{#if last_name}}<p>or shall we say {{last_name}}?</p>{{/if}}
        <p><a href="https://shop.acme.example/?for={{first_name}}">Look</a>, <a href="https://shop.acme.example/read">read</a> or <a href="{{unsubscribe_url}}">leave</a>.</p></body></html>
        """;

    public static async Task ImportAsync(this RestClient rest, string name, byte[] csv)
    {
        await rest.PutFileAsync(name, csv);
        await rest.UntilAsync("imports", jobs => jobs["items"]!.AsArray().Any(j => ((string)j!["file"]!).EndsWith(name, StringComparison.Ordinal) && (string?)j["state"] == "finished"));
    }

    /// <returns>The campaign's id; it is being sent.</returns>
    public static async Task<long> SendAsync(this RestClient rest, string name)
    {
        var draft = await rest.PostAsync("campaigns", new { name, subject = "Hello {{first_name}}", fromName = "Acme", fromAddress = "letter@news.acme.example", html = Html });
        await rest.PostAsync($"campaigns/{(long)draft["id"]!}/send");
        return (long)draft["id"]!;
    }

    public static Task<JsonNode> SentAsync(this RestClient rest, long campaign, Func<JsonNode, bool> isComplete) => rest.UntilAsync($"campaigns/{campaign}/analysis", isComplete);
}
