using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Modular.Host.Egress;
using Modular.Plugins.Hosting;
using Modular.Plugins.SmsHttp;
using Modular.Testing;

namespace Modular.Plugins.Tests;

/// <summary>The sms-http plugin against a real web server.</summary>
public sealed class SmsHttpTests
{
    private const string Json = """{"to":"{to}","digits":"{digits}","text":"{text}","nested":{"a":{}}}""";
    private static readonly SmsMessage Message = new("+491701234567", "Your \"code\" \\ is 123456 & <no> other\r\nwhatever it says");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_message_arrives_in_a_body_of_JSON_whatever_stands_in_it()
    {
        var seen = new Seen();
        await using var server = await LoopbackServer.StartAsync(_ => seen);

        await SendAsync(server, ("body", Json), ("headers", "Authorization: Bearer {secret}\nX-From: Acme"), ("secret", "s3cret"));

        var body = JsonDocument.Parse(seen.Body).RootElement;
        Assert.Equal((Message.To, "491701234567", Message.Text), (body.GetProperty("to").GetString(), body.GetProperty("digits").GetString(), body.GetProperty("text").GetString()));
        Assert.Equal(("POST", "application/json; charset=utf-8", "Bearer s3cret", "Acme"), (seen.Method, seen.Type, seen.Headers["Authorization"], seen.Headers["X-From"]));
    }

    [Fact]
    public async Task In_a_form_nothing_can_add_a_field()
    {
        var seen = new Seen();
        await using var server = await LoopbackServer.StartAsync(_ => seen);

        await SendAsync(server, ("type", "application/x-www-form-urlencoded"), ("body", "to={to}&text={text}&from=Acme"));

        var fields = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(seen.Body);
        Assert.Equal((Message.To, Message.Text, "Acme"), ((string?)fields["to"], (string?)fields["text"], (string?)fields["from"]));
        Assert.Equal(3, fields.Count);
    }

    [Fact]
    public async Task In_XML_nothing_can_add_an_element()
    {
        var seen = new Seen();
        await using var server = await LoopbackServer.StartAsync(_ => seen);

        await SendAsync(server, ("type", "text/xml"), ("body", "<sms to=\"{to}\">{text}</sms>"));

        var sms = System.Xml.Linq.XElement.Parse(seen.Body, System.Xml.Linq.LoadOptions.PreserveWhitespace);
        Assert.Equal((Message.To, Message.Text.ReplaceLineEndings("\n")), ((string?)sms.Attribute("to"), sms.Value));
    }

    [Fact]
    public async Task A_gateway_that_wants_it_in_the_address_gets_it_there()
    {
        var seen = new Seen();
        await using var server = await LoopbackServer.StartAsync(_ => seen);

        await SendAsync(server, ("method", "GET"), ("url", server.Url + "send/{digits}?text={text}"), ("user", "ann"), ("password", "p:w"));

        Assert.Equal(("GET", "/send/491701234567", Message.Text), (seen.Method, seen.Path, seen.Query["text"]));
        Assert.Equal("Basic " + Convert.ToBase64String("ann:p:w"u8), seen.Headers["Authorization"]);
    }

    [Theory]
    [InlineData(401, false, "refuses the sign-in (401)")]
    [InlineData(403, false, "refuses the sign-in (403)")]
    [InlineData(404, false, "answered 404")]
    [InlineData(429, true, "answered 429")]
    [InlineData(500, true, "answered 500")]
    [InlineData(302, false, "enter the final address")]
    public async Task A_refusal_says_who_refused_and_whether_to_try_again(int status, bool isTransient, string said)
    {
        await using var server = await LoopbackServer.StartAsync(_ => Results.StatusCode(status));

        var fault = await Assert.ThrowsAsync<SmsFaultException>(() => SendAsync(server, ("body", Json)));

        Assert.Equal(isTransient, fault.IsTransient);
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_repeats_the_gateways_words_and_none_of_ours()
    {
        await using var server = await LoopbackServer.StartAsync(_ => Results.Text($"credit used up for {Message.To}: {Message.Text} (token s3cret)", statusCode: 402));

        var fault = await Assert.ThrowsAsync<SmsFaultException>(() => SendAsync(server, ("body", Json), ("secret", "s3cret")));

        Assert.Contains("credit used up", fault.Message, StringComparison.Ordinal);
        Assert.All(new[] { "123456", "491701234567", "s3cret" }, own => Assert.DoesNotContain(own, fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gateway_that_says_200_to_everything_is_judged_by_its_words()
    {
        await using var server = await LoopbackServer.StartAsync(_ => Results.Text("ERR 17 no credit"));
        Assert.Contains("ERR 17", (await Assert.ThrowsAsync<SmsFaultException>(() => SendAsync(server, ("body", Json), ("expect", "OK")))).Message, StringComparison.Ordinal);

        await using var good = await LoopbackServer.StartAsync(_ => Results.Text("ok 1"));
        await SendAsync(good, ("body", Json), ("expect", "OK"));
    }

    [Theory]
    [InlineData("url", "http://gateway.example/send", "https only")]
    [InlineData("url", "https://{to}.example/send", "behind that")]
    [InlineData("url", "ftp://gateway.example/", "must begin with https://")]
    [InlineData("url", "", "'url' is missing")]
    [InlineData("body", "{\"to\":\"{phone}\"}", "{phone}, which nobody fills in")]
    [InlineData("body", "", "'body' is missing")]
    [InlineData("method", "DELETE", "none of POST, GET and PUT")]
    [InlineData("type", "image/png", "none of application/json")]
    [InlineData("headers", "no header at all", "is no header")]
    [InlineData("headers", "Content-Type: text/html", "is no header")]
    public async Task What_cannot_work_is_said_before_anything_is_sent(string setting, string value, string said)
    {
        await using var server = await LoopbackServer.StartAsync(_ => Results.Ok());

        var fault = await Assert.ThrowsAsync<SmsFaultException>(() => SendAsync(server, ("body", Json), (setting, value)));

        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.False(fault.IsTransient);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task A_gateway_that_stays_silent_is_given_up()
    {
        var clock = new FakeClock(DateTimeOffset.UnixEpoch);
        var arrived = new TaskCompletionSource();
        await using var server = await LoopbackServer.StartAsync(_ => new Silent(arrived));

        var sending = SendAsync(server, clock, ("body", Json));
        await arrived.Task.WaitAsync(Ct);
        clock.Advance(TimeSpan.FromSeconds(21));

        var fault = await Assert.ThrowsAsync<SmsFaultException>(() => sending);
        Assert.True(fault.IsTransient);
        Assert.Contains("within 20 seconds", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_worth_another_try()
    {
        var server = await LoopbackServer.StartAsync(_ => Results.Ok());
        var url = server.Url;
        await server.DisposeAsync();

        Assert.True((await Assert.ThrowsAsync<SmsFaultException>(() => SendAsync(server: null, TimeProvider.System, ("url", url.ToString()), ("body", Json)))).IsTransient);
    }

    [Fact]
    public async Task The_shipped_plugin_is_active_as_built_and_sends()
    {
        using var bench = new PluginBench();
        bench.With("sms-http").With("good");
        var status = Assert.Single(bench.Catalogue.Plugins, p => p.Name == "sms-http");
        Assert.Equal((PluginState.Active, "sms-http"), (status.State, Assert.Single(status.Gateways)));
        Assert.Empty(status.Sources);
        Assert.Equal(["password", "secret"], status.Settings.Where(s => s.IsSecret).Select(s => s.Name));

        ISmsGateways gateways = bench.Catalogue;
        Assert.Null(gateways.Open("counting"));
        Assert.Null(bench.Catalogue.Open("sms-http"));
        using var lease = gateways.Open("sms-http")!;
        var seen = new Seen();
        await using var server = await LoopbackServer.StartAsync(_ => seen);
        var settings = new Dictionary<string, string> { ["url"] = server.Url.ToString(), ["body"] = Json };
        await lease.Gateway.SendAsync(new SmsContext { Settings = settings, Http = Client(), Time = TimeProvider.System }, Message, Ct);
        Assert.Contains("491701234567", seen.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_plugins_with_the_same_gateway_do_not_take_it_from_each_other()
    {
        using var bench = new PluginBench();
        bench.With("sms-http").With("sms-http", @as: "later");

        Assert.Equal([PluginState.Active, PluginState.Failed], bench.Catalogue.Plugins.OrderBy(p => p.Folder, StringComparer.Ordinal).Select(p => p.State));
    }

    private static Task SendAsync(LoopbackServer server, params (string Name, string Value)[] settings) => SendAsync(server, TimeProvider.System, settings);

    private static Task SendAsync(LoopbackServer? server, TimeProvider time, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["url"] = server?.Url.ToString() ?? "" };
        foreach (var (name, value) in settings) all[name] = value;
        return new HttpSmsGateway().SendAsync(new SmsContext { Settings = all, Http = Client(), Time = time }, Message, Ct);
    }

    private static HttpClient Client() =>
        new GuardedClient(new EgressRules(AllowPrivate: true, new HashSet<int>(), 100 << 20, TimeSpan.FromSeconds(60)), TimeProvider.System).Create();

    /// <summary>Answers 200 and keeps what came.</summary>
    private sealed class Seen : IResult
    {
        public string Method { get; private set; } = "";

        public string Path { get; private set; } = "";

        public string? Type { get; private set; }

        public string Body { get; private set; } = "";

        public IDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

        public IDictionary<string, string> Query { get; private set; } = new Dictionary<string, string>();

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using var reader = new StreamReader(httpContext.Request.Body, Encoding.UTF8);
            Body = await reader.ReadToEndAsync(httpContext.RequestAborted);
            (Method, Path, Type) = (httpContext.Request.Method, httpContext.Request.Path, httpContext.Request.ContentType);
            Headers = httpContext.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString());
            Query = httpContext.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        }
    }

    private sealed class Silent(TaskCompletionSource arrived) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            arrived.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, httpContext.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
