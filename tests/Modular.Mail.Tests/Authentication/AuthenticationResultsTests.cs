using System.Diagnostics;
using Modular.Mail.Authentication;

namespace Modular.Mail.Tests.Authentication;

public sealed class AuthenticationResultsTests
{
    private static readonly AuthenticationResults Ours = new("mx.acme.example",
    [
        new AuthenticationMethodResult("spf", "pass", [new("smtp", "mailfrom", "ann@news.example")]),
        new AuthenticationMethodResult("dkim", "fail", [new("header", "d", "news.example"), new("header", "s", "m202611"), new("header", "b", "AbC/12+=")]) { Reason = "the body \"has\" been changed" },
        new AuthenticationMethodResult("dmarc", "fail", [new("header", "from", "news.example")]) { Comment = "p=reject" },
    ]);

    [Fact]
    public void What_was_written_is_read()
    {
        var field = Ours.ToField();
        var read = AuthenticationResults.Parse(field[(AuthenticationResults.FieldName.Length + 1)..]);

        Assert.NotNull(read);
        Assert.Equal(Shown(Ours), Shown(read));
        Assert.All(field.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
    }

    [Theory]
    [InlineData("example.org; none", "example.org")]
    [InlineData("example.org 1; none", "example.org")]
    [InlineData("example.com; spf=pass smtp.mailfrom=example.net", "example.com spf=pass smtp.mailfrom=example.net")]
    [InlineData("example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net", "example.com auth=pass smtp.auth=sender@example.net spf=pass smtp.mailfrom=example.net")]
    [InlineData("foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wasn't expecting it) 1362471462", "foo.example.net dkim=fail policy.expired=1362471462")]
    [InlineData("example.com; dkim=pass reason=\"good \\\"signature\\\"\" header.i=@mail-router.example.net; dkim=fail reason=\"bad signature\" header.i=@newyork.example.com", "example.com dkim=pass(good \"signature\") header.i=@mail-router.example.net dkim=fail(bad signature) header.i=@newyork.example.com")]
    [InlineData("mx.test; SPF = SoftFail action=none smtp.mailfrom=\"a b\"@x.test;", "mx.test spf=softfail smtp.mailfrom=a b@x.test")]
    public void The_forms_of_RFC_8601_and_of_the_world_are_read(string value, string expected) =>
        Assert.Equal(expected, AuthenticationResults.Parse(value) is { } read ? Shown(read) : null);

    [Theory]
    [InlineData("")]
    [InlineData("; spf=pass")]
    [InlineData("mx.test; spf")]
    [InlineData("mx.test; spf=")]
    [InlineData("mx.test; spf=pass (never closed")]
    [InlineData("mx.test; spf=pass reason=\"never closed")]
    [InlineData("mx.test; spf=pass smtp.=x")]
    [InlineData("mx.test what; spf=pass")]
    public void What_is_none_is_refused(string value) => Assert.Null(AuthenticationResults.Parse(value));

    [Theory]
    [InlineData("evil\r\nBcc: x@y.test")]
    [InlineData("a;dmarc=pass")]
    [InlineData("a b")]
    [InlineData("\"")]
    [InlineData("")]
    [InlineData("ü@x.test")]
    public void Nothing_gets_into_the_header_through_a_value(string evil)
    {
        var field = new AuthenticationResults("mx.test", [new AuthenticationMethodResult("spf", "none", [new("smtp", "mailfrom", evil)]) { Reason = evil, Comment = evil + ")" }]).ToField();

        Assert.DoesNotContain("\nBcc", field, StringComparison.Ordinal);
        Assert.Equal("spf", Assert.Single(AuthenticationResults.Parse(field[(AuthenticationResults.FieldName.Length + 1)..])!.Results).Method);
    }

    [Fact]
    public void No_text_breaks_the_reader()
    {
        var random = new Random(8601);
        string[] pieces = ["mx.test", ";", "spf", "=", "pass", " ", "(", ")", "\\", "\"", "/", "1", ".", "reason", "smtp", "\r\n ", "none", "é", "\0"];
        for (var i = 0; i < 20_000; i++)
            AuthenticationResults.Parse(string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => pieces[random.Next(pieces.Length)])));
    }

    [Fact]
    public void Another_reader_reads_ours_the_same()
    {
        const string Script = """
            import sys
            import authres
            r = authres.AuthenticationResultsHeader.parse(sys.stdin.read())
            print(r.authserv_id)
            for x in r.results: print(x.method, x.result, ' '.join(p.type + '.' + p.name + '=' + p.value for p in x.properties))
            """;
        var python = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, ArgumentList = { "-c", Script } };
        Assert.SkipUnless(File.Exists(python.FileName), "There is no /usr/bin/python3.");
        using var process = Process.Start(python)!;
        process.StandardInput.Write(Ours.ToField().Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd());
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
        Assert.SkipWhen(error.Contains("No module named", StringComparison.Ordinal), "python3-authres is not installed.");

        Assert.Equal("mx.acme.example\nspf pass smtp.mailfrom=ann@news.example\ndkim fail header.d=news.example header.s=m202611 header.b=AbC/12+=\ndmarc fail header.from=news.example\n", output);
    }

    private static string Shown(AuthenticationResults results) => string.Join(' ', results.Results
        .SelectMany(result => result.Properties.Select(p => $"{p.Type}.{p.Name}={p.Value}").Prepend($"{result.Method}={result.Result}{(result.Reason is { } reason ? $"({reason})" : "")}"))
        .Prepend(results.AuthservId));
}

public sealed class AuthenticationResultsStampTests
{
    [Fact]
    public void Ours_stands_on_top_and_what_others_wrote_in_our_name_is_gone()
    {
        const string Rest = "Received: x\r\nAuthentication-Results: other.test; spf=pass smtp.mailfrom=x.test\r\nX-Odd line without colon\r\nSubject: a\r\n\r\nAuthentication-Results: mx.test; in the body\r\n";
        const string Forged = "authentication-results : MX.test 1;\r\n dmarc=pass header.from=bank.test\r\nAuthentication-Results: (x) mx.test; dkim=pass (open\r\n";
        var ours = new AuthenticationResults("mx.test", [new AuthenticationMethodResult("spf", "fail", [new("smtp", "mailfrom", "x.test")])]);

        var stamped = AuthenticationResultsStamp.Apply(System.Text.Encoding.ASCII.GetBytes(Forged + Rest), ours);

        Assert.Equal("Authentication-Results: mx.test;\r\n spf=fail smtp.mailfrom=x.test\r\n" + Rest, System.Text.Encoding.ASCII.GetString(stamped));
    }
}
