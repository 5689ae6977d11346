using System.Text;
using Microsoft.AspNetCore.Http;
using Modular.Host.Egress;
using Modular.Plugins.Http;

namespace Modular.Plugins.Tests;

/// <summary>The http plugin against a real web server.</summary>
public sealed class HttpCsvTests
{
    private readonly Dictionary<string, string> _state = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_come_with_their_lines_quotes_and_line_breaks_included()
    {
        await using var server = await ServeAsync("email,name,note\r\nann@example.com,\"Ann, the first\",\"two\r\nlines\"\r\n\r\nbob@example.com,Bob\r\n");

        var rows = await ReadAsync(server);

        Assert.Equal([2, 5], rows.Select(r => r.Line));
        Assert.Equal(("Ann, the first", "two\r\nlines"), (rows[0].Fields["name"], rows[0].Fields["note"]));
        Assert.False(rows[1].Fields.ContainsKey("note"));
    }

    [Fact]
    public async Task A_file_that_did_not_change_is_not_fetched_again()
    {
        var bodies = 0;
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            if (context.Request.Headers.IfNoneMatch == "\"v1\"")
                return Results.StatusCode(304);
            bodies++;
            context.Response.Headers.ETag = "\"v1\"";
            return Results.Text("email\nann@example.com\n");
        });

        Assert.Single(await ReadAsync(server));
        var second = Context(server);
        Assert.Empty(await new HttpCsvSource().ReadAsync(second, Ct).ToListAsync(Ct));

        Assert.True(second.IsUnchanged);
        Assert.Equal(1, bodies);
    }

    [Fact]
    public async Task Without_an_ETag_the_date_does()
    {
        var changed = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            if (context.Request.GetTypedHeaders().IfModifiedSince >= changed)
                return Results.StatusCode(304);
            context.Response.GetTypedHeaders().LastModified = changed;
            return Results.Text("email\nann@example.com\n");
        });

        await ReadAsync(server);
        var second = Context(server);
        Assert.Empty(await new HttpCsvSource().ReadAsync(second, Ct).ToListAsync(Ct));
        Assert.True(second.IsUnchanged);
    }

    [Fact]
    public async Task A_read_that_broke_off_is_repeated_in_full()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            return Results.Text("email\nann@example.com\nbob@example.com\n");
        });

        await foreach (var _ in new HttpCsvSource().ReadAsync(Context(server), Ct))
            break;

        Assert.Empty(_state);
    }

    [Theory]
    [InlineData(401, false, "refuses the user name or password")]
    [InlineData(403, false, "refuses the user name or password")]
    [InlineData(404, false, "has no file at /contacts.csv")]
    [InlineData(429, true, "answered 429")]
    [InlineData(500, true, "answered 500")]
    [InlineData(503, true, "answered 503")]
    public async Task A_refusal_says_who_refused_what_and_whether_to_try_again(int status, bool isTransient, string said)
    {
        await using var server = await LoopbackServer.StartAsync(_ => Results.StatusCode(status));

        var fault = await Assert.ThrowsAsync<SourceFaultException>(() => ReadAsync(server));

        Assert.Equal(isTransient, fault.IsTransient);
        Assert.Contains("127.0.0.1 " + said, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_page_in_place_of_the_file_is_recognised()
    {
        await using var server = await LoopbackServer.StartAsync(_ => Results.Text("<html>Please sign in</html>", "text/html"));
        Assert.Contains("web page", (await Assert.ThrowsAsync<SourceFaultException>(() => ReadAsync(server))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_of_another_encoding_are_refused_with_the_line_and_the_remedy()
    {
        var latin = Encoding.Latin1.GetBytes("email,name\nann@example.com,Ann\njuergen@example.com,Jürgen\n");
        await using var server = await LoopbackServer.StartAsync(_ => Results.Bytes(latin, "text/csv"));

        Assert.Contains("UTF-8", (await Assert.ThrowsAsync<SourceFaultException>(() => ReadAsync(server))).Message, StringComparison.Ordinal);
        Assert.Equal("Jürgen", (await ReadAsync(server, ("encoding", "windows-1252")))[1].Fields["name"]);
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_first_column()
    {
        await using var server = await LoopbackServer.StartAsync(_ => Results.Bytes([.. Encoding.UTF8.Preamble, .. "email\nann@example.com\n"u8], "text/csv"));
        Assert.Equal("ann@example.com", Assert.Single(await ReadAsync(server)).Fields["email"]);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("email,Email\nx,y\n", "there twice")]
    public async Task A_file_without_a_usable_first_line_says_so(string text, string said)
    {
        await using var server = await ServeAsync(text);
        Assert.Contains(said, (await Assert.ThrowsAsync<SourceFaultException>(() => ReadAsync(server))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quote_that_never_closes_ends_with_a_clear_fault_and_not_with_all_the_memory()
    {
        await using var server = await ServeAsync("email,note\nann@example.com,\"" + new string('x', 3 << 20));
        Assert.Contains("closing quote", (await Assert.ThrowsAsync<SourceFaultException>(() => ReadAsync(server))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_never_ends_is_cut_off()
    {
        await using var server = await LoopbackServer.StartAsync(_ => Results.Stream(async body =>
        {
            var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a,", 50_000)));
            await body.WriteAsync("email\n"u8.ToArray());
            for (var i = 0; i < 300; i++)
                await body.WriteAsync(piece);
        }));
        Assert.Contains("longer than 8 MB", (await Assert.ThrowsAsync<SourceFaultException>(() => ReadAsync(server))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_not_sent_in_clear_over_the_internet()
    {
        using var http = new HttpClient();
        var context = new SourceContext
        {
            Settings = new Dictionary<string, string> { ["url"] = "http://example.com/x.csv", ["user"] = "ann", ["password"] = "secret" },
            Http = http,
            Time = TimeProvider.System,
            State = _state,
        };

        var fault = await Assert.ThrowsAsync<SourceFaultException>(() => new HttpCsvSource().ReadAsync(context, Ct).ToListAsync(Ct).AsTask());
        Assert.Contains("https", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_worth_another_try()
    {
        var server = await ServeAsync("email\n");
        var context = Context(server);
        await server.DisposeAsync();

        Assert.True((await Assert.ThrowsAsync<SourceFaultException>(() => new HttpCsvSource().ReadAsync(context, Ct).ToListAsync(Ct).AsTask())).IsTransient);
    }

    private static Task<LoopbackServer> ServeAsync(string csv) => LoopbackServer.StartAsync(_ => Results.Text(csv, "text/csv"));

    private SourceContext Context(LoopbackServer server, params (string Name, string Value)[] settings) => new()
    {
        Settings = settings.Append(("url", new Uri(server.Url, "/contacts.csv").ToString())).ToDictionary(s => s.Item1, s => s.Item2),
        Http = new GuardedClient(new EgressRules(AllowPrivate: true, new HashSet<int>(), 100 << 20, TimeSpan.FromSeconds(10)), TimeProvider.System).Create(),
        Time = TimeProvider.System,
        State = _state,
    };

    private async Task<List<ContactRow>> ReadAsync(LoopbackServer server, params (string Name, string Value)[] settings) =>
        await new HttpCsvSource().ReadAsync(Context(server, settings), Ct).ToListAsync(Ct);
}
