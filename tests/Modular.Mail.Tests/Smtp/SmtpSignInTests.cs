using System.Text;
using Modular.Mail.Smtp.Client;

namespace Modular.Mail.Tests.Smtp;

public sealed class SmtpSignInTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The example of RFC 7677 §3.</summary>
    [Fact]
    public void Scram_proves_as_the_standard_shows_it()
    {
        var scram = new ScramClient("user", "pencil", "rOprNGfwEbeRWgbNEkqO");
        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", scram.First);
        Assert.Equal(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            scram.Answer("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        Assert.True(scram.IsServer("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        Assert.False(scram.IsServer("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        Assert.False(scram.IsServer("e=invalid-proof"));
    }

    [Theory]
    [InlineData("r=abcX,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095")]           // so few that a listener could guess
    [InlineData("r=abcX,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000001")]        // so many that we would be kept busy
    [InlineData("r=abcX,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999")]
    [InlineData("r=abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]            // nothing of its own
    [InlineData("r=abX,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]            // not ours
    [InlineData("r=abcX,s=!,i=4096")]
    [InlineData("m=ext,r=abcX,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]     // an extension that must be understood
    [InlineData("")]
    public void Scram_answers_no_server_that_makes_it_easy_or_hard(string serverFirst) =>
        Assert.Throws<FormatException>(() => new ScramClient("user", "pencil", "abc").Answer(serverFirst));

    [Fact]
    public async Task Plain_is_said_in_one_line_and_not_written_down()
    {
        var transcript = new SmtpTranscript();
        await using var server = ScriptedServer.Polite("AUTH LOGIN PLAIN", (at, _) => at is "AUTH" ? "235 2.7.0 ok\r\n" : null);
        await using var connection = await ConnectAsync(server, o => o with { Transcript = transcript });

        Assert.Contains("AUTH PLAIN " + Convert.ToBase64String("\0ann\0s3cret"u8), server.Commands);
        Assert.Contains("C: AUTH PLAIN <secret>", transcript.Lines);
        Assert.DoesNotContain(transcript.Lines, line => line.Contains("ann", StringComparison.Ordinal) || line.Contains(Convert.ToBase64String("\0ann\0s3cret"u8), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Login_is_asked_twice()
    {
        await using var server = ScriptedServer.Polite("AUTH LOGIN", (at, _) => at switch
        {
            "AUTH" => "334 VXNlcm5hbWU6\r\n",
            "EHLO" or "banner" or "QUIT" => null,
            "YW5U" => "334 UGFzc3dvcmQ6\r\n",   // ann, in the capitals of a place
            _ => "235 2.7.0 ok\r\n",
        });
        await using var connection = await ConnectAsync(server);
        Assert.Equal(["AUTH LOGIN", Convert.ToBase64String("ann"u8), Convert.ToBase64String("s3cret"u8)], server.Commands.Skip(1));
    }

    [Theory]
    [InlineData("AUTH PLAIN LOGIN", false, "not encrypted")]
    [InlineData("AUTH GSSAPI", true, "no way to sign in")]
    [InlineData("SIZE", true, "no AUTH at all")]
    public async Task The_password_is_not_shown_where_it_must_not_be(string extensions, bool mayShow, string words)
    {
        await using var server = ScriptedServer.Polite(extensions, (_, _) => null);
        var fault = await Assert.ThrowsAsync<SmtpException>(() => ConnectAsync(server, o => o with { MayShowPassword = mayShow }));
        Assert.Equal(SmtpStage.SignIn, fault.Stage);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refusal_is_the_sessions_end_with_the_servers_words()
    {
        await using var server = ScriptedServer.Polite("AUTH PLAIN", (at, _) => at is "AUTH" ? "535 5.7.8 no\r\n" : null);
        var fault = await Assert.ThrowsAsync<SmtpException>(() => ConnectAsync(server));
        Assert.Equal((SmtpStage.SignIn, 535), (fault.Stage, fault.Reply!.Code));
    }

    [Fact]
    public async Task A_server_that_cannot_prove_itself_in_scram_gets_no_mail()
    {
        await using var server = ScriptedServer.Polite("AUTH SCRAM-SHA-256 PLAIN", (at, _) => at switch
        {
            "AUTH" => "334 " + Convert.ToBase64String(Encoding.ASCII.GetBytes("r=impostor,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")) + "\r\n",
            "*" => "501 5.5.2 cancelled\r\n",
            _ => null,
        });
        var fault = await Assert.ThrowsAsync<SmtpException>(() => ConnectAsync(server, o => o with { MayShowPassword = false }));
        Assert.Contains("nonce", fault.Message, StringComparison.Ordinal);
        Assert.Contains("*", server.Commands);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("AUTH PLAIN", StringComparison.Ordinal));
    }

    private static Task<SmtpConnection> ConnectAsync(ScriptedServer server, Func<SmtpClientOptions, SmtpClientOptions>? configure = null)
    {
        var options = new SmtpClientOptions { HeloName = "client.example", Credentials = new SmtpCredentials("ann", "s3cret"), MayShowPassword = true };
        return SmtpConnection.ConnectAsync(server.EndPoint, configure?.Invoke(options) ?? options, TimeProvider.System, Ct);
    }
}
