using System.Buffers;

namespace Modular.Campaigns.Tracking;

/// <summary>
/// Tells a person's mail program from a machine by what it calls itself and how it asks. The rules, in order:
/// <list type="number">
/// <item>HEAD, or no name at all: a machine. No mail program that shows a picture or follows a link asks like that.</item>
/// <item>The image proxies of Gmail and Yahoo fetch when a person opens: a person.</item>
/// <item>A bare <c>Mozilla/5.0</c>: Apple's mail privacy protection, which fetches every picture whether or not anyone looks: a machine.</item>
/// <item>A name that contains a word of <see cref="Machines"/>: security gateways, bots, link previews, programming libraries: a machine.</item>
/// <item>Everything else: a person.</item>
/// </list>
/// A machine's hits are kept and shown apart; nobody is answered differently, for a scanner that sees another page than the person would report a cloak.
/// </summary>
internal static class AgentRules
{
    private static readonly SearchValues<string> Proxies = SearchValues.Create(["GoogleImageProxy", "YahooMailProxy"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> Machines = SearchValues.Create(
    [
        "barracuda", "proofpoint", "mimecast", "fireeye", "trendmicro", "symantec", "messagelabs", "ironport", "sophos", "zscaler", "forcepoint", "safelinks",
        "bot", "crawl", "spider", "slurp", "preview", "scan", "monitor", "headless", "phantomjs", "facebookexternalhit", "whatsapp", "skypeuripreview",
        "curl/", "wget", "python-", "aiohttp", "httpx", "go-http-client", "java/", "apache-httpclient", "libwww", "okhttp", "node-fetch", "axios", "guzzle", "ruby",
    ], StringComparison.OrdinalIgnoreCase);

    public static Agent Of(string method, ReadOnlySpan<char> userAgent)
    {
        userAgent = userAgent.Trim();
        if (method != "GET" || userAgent.IsEmpty) return Agent.Machine;
        if (userAgent.ContainsAny(Proxies)) return Agent.Person;
        return userAgent is "Mozilla/5.0" || userAgent.ContainsAny(Machines) ? Agent.Machine : Agent.Person;
    }
}
