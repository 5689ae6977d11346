using System.Security.Cryptography;
using System.Text;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

public sealed class SmtpAuthTests
{
    [Fact]
    public void The_conversation_of_RFC_7677_comes_out_to_the_byte()
    {
        var keys = ScramKeys.Derive("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
        var exchange = ScramExchange.TryBegin("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"u8, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")!;

        Assert.Equal("user", exchange.UserName);
        Assert.Equal("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", Wire.Text(exchange.Challenge(keys)));
        Assert.Equal(
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
            Wire.Text(exchange.Finish("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="u8)));
    }

    [Theory]
    [InlineData("c=biws,r=abcdefXYZ,p=AAAA")]
    [InlineData("c=biws,r=abcdefXY,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")]
    [InlineData("c=eSws,r=abcdefXYZ,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")]
    [InlineData("c=biws,r=abcdefXYZ")]
    [InlineData("p=")]
    [InlineData("")]
    public void A_final_message_that_is_not_right_proves_nothing(string final)
    {
        var exchange = ScramExchange.TryBegin("n,,n=user,r=abcdef"u8, "XYZ")!;
        exchange.Challenge(ScramKeys.Derive("pencil", new byte[16], 4096));
        Assert.Null(exchange.Finish(Wire.Bytes(final)));
    }

    [Theory]
    [InlineData("n,,n=a=2Cb=3Dc,r=x", "a,b=c")]
    [InlineData("y,,n=user,r=x", "user")]
    [InlineData("n,a=user,n=user,r=x", "user")]
    [InlineData("n,,n=user,r=x,ext=1", "user")]
    [InlineData("n,a=other,n=user,r=x", null)]
    [InlineData("p=tls-unique,,n=user,r=x", null)]
    [InlineData("n,,m=ext,n=user,r=x", null)]
    [InlineData("n,,n=us=er,r=x", null)]
    [InlineData("n,,n=us=2cer,r=x", null)]
    [InlineData("n,,n=,r=x", null)]
    [InlineData("n,,n=user,r=", null)]
    [InlineData("n,,n=user,r=a b", null)]
    [InlineData("n,,n=user", null)]
    [InlineData("n,", null)]
    [InlineData("", null)]
    [InlineData("n,,n=u\u00ffser,r=x", null)]
    public void A_first_message_is_read_as_written_or_refused(string first, string? userName) =>
        Assert.Equal(userName, ScramExchange.TryBegin(Wire.Bytes(first), "nonce")?.UserName);

    [Theory]
    [InlineData("\0ann\0pass", "ann", "pass")]
    [InlineData("ann\0ann\0pass", "ann", "pass")]
    [InlineData("bob\0ann\0pass", null, null)]
    [InlineData("\0ann\0", null, null)]
    [InlineData("\0\0pass", null, null)]
    [InlineData("\0ann\0pa\0ss", null, null)]
    [InlineData("ann\0pass", null, null)]
    [InlineData("", null, null)]
    [InlineData("\0a\u00ff\0pass", null, null)]
    public void Plain_is_read_as_written_or_refused(string message, string? userName, string? password)
    {
        var isRead = SaslPlain.TryRead(Wire.Bytes(message), out var name, out var secret);
        Assert.Equal(userName is not null, isRead);
        if (isRead)
            Assert.Equal((userName, password), (name, secret));
    }

    [Fact]
    public void Keys_know_their_password_and_no_other()
    {
        var keys = ScramKeys.Derive("pass\u2168word", RandomNumberGenerator.GetBytes(16), 4096);
        Assert.True(keys.IsPassword("passIXword"));   // the Roman numeral nine is a compatibility form of IX
        Assert.False(keys.IsPassword("password"));
        Assert.False(keys.IsPassword(""));
        Assert.False(keys.IsPassword("\ud800"));
        Assert.Throws<ArgumentException>(() => ScramKeys.Derive("a\0b", new byte[16], 4096));
    }

    [Fact]
    public async Task Scram_lets_in_whoever_proves_it_and_proves_itself()
    {
        await using var session = NewSession();
        await session.HelloAsync();
        var (reply, isServerProven) = await ScramAsync(session, "ann", "wonderland");

        Assert.Equal("235 2.7.0 Signed in", reply);
        Assert.True(isServerProven);
        await session.SendAsync("MAIL FROM:<>\r\nRCPT TO:<u@local.test>\r\nDATA\r\nx\r\n.\r\n");
        await session.HangUpAsync();
        Assert.Equal(new SmtpIdentity("ann", "rights of ann"), Assert.Single(session.Handler.Messages).Envelope.Peer.Identity);
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_asked_like_any_other()
    {
        var salts = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            await using var session = NewSession();
            await session.HelloAsync();
            var challenge = await session.ExchangeAsync($"AUTH SCRAM-SHA-256 {Base64("n,,n=nobody,r=abc")}\r\n");
            salts.Add(Encoding.ASCII.GetString(Convert.FromBase64String(challenge[4..])).Split(',')[1]);
            Assert.Contains(",i=4096", Encoding.ASCII.GetString(Convert.FromBase64String(challenge[4..])), StringComparison.Ordinal);
            Assert.Equal("535 5.7.8 Wrong user name or password", await session.ExchangeAsync(Base64("c=biws,r=abc,p=" + Base64(new string('x', 32))) + "\r\n"));
            Assert.Equal("nobody", Assert.Single(session.Handler.Guesses));
        }

        Assert.Equal(salts[0], salts[1]);
    }

    [Fact]
    public async Task Nothing_is_offered_in_clear()
    {
        await using var session = new SessionUnderTest(o => o with { Tls = SmtpTls.Server(TestCertificate.Value), Authentication = RecordingHandler.Authentication });
        Assert.DoesNotContain("AUTH", await session.HelloAsync(), StringComparison.Ordinal);
        Assert.Equal("538 5.7.11 Encryption required to sign in", await session.ExchangeAsync("AUTH PLAIN AGFubgB3b25kZXJsYW5k\r\n"));
        Assert.Equal("530 5.7.0 Must issue a STARTTLS command first", await session.ExchangeAsync("MAIL FROM:<a@sender.example>\r\n"));
        Assert.Equal("220 2.0.0 Go ahead", await session.ExchangeAsync("STARTTLS\r\n"));
        await session.StartTlsAsync();
        Assert.Contains("250-AUTH PLAIN LOGIN SCRAM-SHA-256", await session.ExchangeAsync("EHLO client.example\r\n"), StringComparison.Ordinal);
        Assert.Equal("235 2.7.0 Signed in", await session.ExchangeAsync("AUTH PLAIN AGFubgB3b25kZXJsYW5k\r\n"));
    }

    [Theory]
    [InlineData("throttled", "454 4.7.0 Too many tries")]
    [InlineData("crash", "454 4.7.0 Cannot check that now, try again later")]
    [InlineData("revoked", "535 5.7.8 Wrong user name or password")]
    public async Task What_the_handler_says_of_a_name_is_passed_on(string userName, string reply)
    {
        await using var session = NewSession();
        await session.HelloAsync();
        Assert.Equal(reply, await session.ExchangeAsync($"AUTH PLAIN {Base64($"\0{userName}\0wonderland")}\r\n"));
    }

    [Fact]
    public async Task A_line_of_twelve_thousand_bytes_is_read_and_a_longer_one_is_not()
    {
        await using var session = NewSession();
        await session.HelloAsync();
        Assert.StartsWith("535 5.7.8", await session.ExchangeAsync($"AUTH PLAIN {new string('A', 12_000)}\r\n"), StringComparison.Ordinal);
        Assert.Equal("334 ", await session.ExchangeAsync("AUTH PLAIN\r\n"));
        Assert.Equal("500 5.5.6 Line too long", await session.ExchangeAsync(new string('A', 12_287) + "\r\n"));
        Assert.Equal("250 2.0.0 Ok", await session.ExchangeAsync("NOOP\r\n"));
    }

    [Fact]
    public async Task A_wrong_guess_is_answered_late_and_the_next_later()
    {
        var clock = new FakeClock();
        await using var session = new SessionUnderTest(
            o => o with { Authentication = RecordingHandler.Authentication with { MayBeInClear = static _ => true, FailureDelay = TimeSpan.FromSeconds(10) } }, clock);
        await session.HelloAsync();
        var start = clock.GetTimestamp();

        foreach (var seconds in new[] { 10, 30 })
        {
            var reply = session.ExchangeAsync("AUTH PLAIN AGFubgB3cm9uZw==\r\n");
            await clock.AdvanceUntilAsync(reply, TimeSpan.FromSeconds(1));
            Assert.StartsWith("535", await reply, StringComparison.Ordinal);
            Assert.True(clock.GetElapsedTime(start) >= TimeSpan.FromSeconds(seconds));
        }
    }

    private static SessionUnderTest NewSession() => new(o => o with { Authentication = RecordingHandler.Authentication with { MayBeInClear = static _ => true } });

    private static async Task<(string Reply, bool IsServerProven)> ScramAsync(SessionUnderTest session, string userName, string password)
    {
        const string Nonce = "fyko+d2lbbFgONRv9qkxdawL";
        var first = await session.ExchangeAsync($"AUTH SCRAM-SHA-256 {Base64($"n,,n={userName},r={Nonce}")}\r\n");
        var serverFirst = Encoding.ASCII.GetString(Convert.FromBase64String(first[4..]));
        var fields = serverFirst.Split(',').ToDictionary(f => f[0], f => f[2..]);
        Assert.StartsWith(Nonce, fields['r'], StringComparison.Ordinal);

        var salted = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(fields['s']), int.Parse(fields['i'], System.Globalization.CultureInfo.InvariantCulture), HashAlgorithmName.SHA256, 32);
        var withoutProof = $"c=biws,r={fields['r']}";
        var message = Encoding.ASCII.GetBytes($"n={userName},r={Nonce},{serverFirst},{withoutProof}");
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8.ToArray());
        var signature = HMACSHA256.HashData(SHA256.HashData(clientKey), message);
        var proof = Convert.ToBase64String([.. clientKey.Zip(signature, (a, b) => (byte)(a ^ b))]);
        var last = await session.ExchangeAsync(Base64($"{withoutProof},p={proof}") + "\r\n");
        if (!last.StartsWith("334 ", StringComparison.Ordinal))
            return (last, false);
        var expected = "v=" + Convert.ToBase64String(HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8.ToArray()), message));
        return (await session.ExchangeAsync("\r\n"), Encoding.ASCII.GetString(Convert.FromBase64String(last[4..])) == expected);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
