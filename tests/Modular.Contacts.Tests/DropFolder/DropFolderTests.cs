using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Modular.Testing;

namespace Modular.Contacts.Tests.DropFolder;

/// <summary>The drop folder through the real host, with nothing between but HTTP.</summary>
public sealed class DropFolderTests(DropFolderTests.Suite suite) : IClassFixture<DropFolderTests.Suite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_put_into_the_folder_is_imported_by_itself()
    {
        using var put = await SendAsync("PUT", "import/people.csv", "email,first_name\nann@example.com,Ann\nnonsense,x\n");
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        var import = await suite.EndOfImportAsync("people.csv");
        Assert.Equal(("finished", 1, 1), (import.GetProperty("state").GetString(), import.GetProperty("added").GetInt32(), import.GetProperty("faulty").GetInt32()));
        using var errors = await SendAsync("GET", "import/people.errors.csv");
        Assert.Contains("3,email,", await errors.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPTIONS", "", 200)]
    [InlineData("GET", "import/none.csv", 404)]
    [InlineData("PUT", "elsewhere.csv", 403)]
    [InlineData("PUT", "import/no/such/folder.csv", 409)]
    [InlineData("DELETE", "import", 403)]
    [InlineData("MKCOL", "third", 403)]
    [InlineData("MOVE", "import", 400)]
    [InlineData("PATCH", "import/x", 405)]
    [InlineData("PUT", "import/a%2fb.csv", 400)]
    [InlineData("PUT", "import/..%2f..%2fescape.csv", 400)]
    public async Task Every_verb_answers_as_the_RFC_says(string verb, string path, int status)
    {
        using var answer = await SendAsync(verb, path, verb == "PUT" ? "x" : null);
        Assert.Equal(status, (int)answer.StatusCode);
        if (verb == "OPTIONS") Assert.Equal("1, 2", answer.Headers.GetValues("DAV").Single());
    }

    [Fact]
    public async Task Strangers_and_other_tenants_are_asked_for_their_password()
    {
        using var client = suite.NewClient();
        using var nobody = await client.GetAsync(new Uri(suite.Url, "/dav/acme/"), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.StartsWith("Basic", nobody.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(suite.Url, "/dav/globex/")) { Headers = { Authorization = suite.Basic } };
        using var other = await client.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }

    [Fact]
    public async Task A_part_of_a_file_is_refused_and_an_upload_that_breaks_off_leaves_nothing()
    {
        using var part = await SendAsync("PUT", "export/part.txt", "ab", ("Content-Range", "bytes 0-1/5"));
        Assert.Equal(HttpStatusCode.BadRequest, part.StatusCode);

        using var client = suite.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(suite.Url, "/dav/acme/export/cut.txt")) { Headers = { Authorization = suite.Basic }, Content = new StreamContent(new Breaking()) };
        await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(request, Ct));
        using var cut = await SendAsync("GET", "export/cut.txt");
        Assert.Equal(HttpStatusCode.NotFound, cut.StatusCode);
    }

    [Fact]
    public async Task A_document_type_a_deep_body_and_endless_depth_are_refused()
    {
        using var entity = await SendAsync("PROPFIND", "import", """<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><propfind xmlns="DAV:"><prop>&x;</prop></propfind>""", ("Depth", "1"));
        Assert.Equal(HttpStatusCode.BadRequest, entity.StatusCode);
        using var deep = await SendAsync("PROPFIND", "import", string.Concat(Enumerable.Repeat("<a>", 5_000)) + string.Concat(Enumerable.Repeat("</a>", 5_000)), ("Depth", "1"));
        Assert.Equal(HttpStatusCode.BadRequest, deep.StatusCode);
        using var endless = await SendAsync("PROPFIND", "import", null, ("Depth", "infinity"));
        Assert.Equal(HttpStatusCode.Forbidden, endless.StatusCode);
        Assert.Contains("propfind-finite-depth", await endless.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_locked_takes_the_token_and_is_imported_when_the_lock_goes()
    {
        using var locked = await SendAsync("LOCK", "import/locked.csv", """<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>""");
        Assert.Equal(HttpStatusCode.Created, locked.StatusCode);
        var token = locked.Headers.GetValues("Lock-Token").Single();
        using var refused = await SendAsync("PUT", "import/locked.csv", "email\nx@example.com\n");
        Assert.Equal((HttpStatusCode)423, refused.StatusCode);
        using var put = await SendAsync("PUT", "import/locked.csv", "email\nlock@example.com\n", ("If", $"({token})"));
        Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        Assert.Null(await suite.FindImportAsync("locked.csv"));
        using var unlocked = await SendAsync("UNLOCK", "import/locked.csv", null, ("Lock-Token", token));
        Assert.Equal(HttpStatusCode.NoContent, unlocked.StatusCode);
        Assert.Equal("finished", (await suite.EndOfImportAsync("locked.csv")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_file_sent_under_another_name_is_imported_when_it_gets_its_own()
    {
        using var put = await SendAsync("PUT", "import/late.csv.part", "email\nlate@example.com\n");
        Assert.Null(await suite.FindImportAsync("late.csv.part"));
        using var moved = await SendAsync("MOVE", "import/late.csv.part", null, ("Destination", new Uri(suite.Url, "/dav/acme/import/late.csv").ToString()));
        Assert.Equal(HttpStatusCode.Created, moved.StatusCode);
        Assert.Equal(1, (await suite.EndOfImportAsync("late.csv")).GetProperty("added").GetInt32());
    }

    private async Task<HttpResponseMessage> SendAsync(string verb, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var client = suite.NewClient();
        using var request = new HttpRequestMessage(new HttpMethod(verb), new Uri(suite.Url + "dav/acme/" + path)) { Headers = { Authorization = suite.Basic } };
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content!.Headers.TryAddWithoutValidation(name, value);
        }
        return await client.SendAsync(request, Ct);
    }

    /// <summary>The host with a tenant, and a second one.</summary>
    public sealed class Suite(PostgresFixture postgres) : TestHost(postgres)
    {
        private string _key = "";

        public AuthenticationHeaderValue Basic => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("key:" + _key)));

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            foreach (var slug in (string[])["globex", "acme"])
            {
                var made = await RunAsync("tenant", "create", slug, "--admin", "ann@" + slug + ".example", "--json");
                Assert.Equal(0, made.Status);
                _key = JsonDocument.Parse(made.Output).RootElement.GetProperty("apiKey").GetString()!;
            }
        }

        public async Task<JsonElement?> FindImportAsync(string file)
        {
            using var client = NewClient();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _key);
            var all = JsonDocument.Parse(await client.GetStringAsync(new Uri("api/v1/imports", UriKind.Relative), Ct)).RootElement.GetProperty("items");
            return all.EnumerateArray().Where(i => Path.GetFileName(i.GetProperty("file").GetString()) == file).Select(i => (JsonElement?)i).FirstOrDefault();
        }

        public async Task<JsonElement> EndOfImportAsync(string file)
        {
            while (true)
            {
                if (await FindImportAsync(file) is { } import && import.GetProperty("state").GetString() is "finished" or "failed") return import;
                await Task.Delay(50, Ct);
            }
        }
    }

    /// <summary>Gives some bytes and then fails, as a client that is killed.</summary>
    private sealed class Breaking : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_reads++ > 3) throw new IOException("The client is gone.");
            buffer.Span.Fill((byte)'x');
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
