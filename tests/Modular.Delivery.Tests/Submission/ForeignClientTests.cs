using System.Diagnostics;
using System.Globalization;
using System.Text;
using Modular.Delivery.Gateway;
using Modular.Mail.Mime;
using Modular.Testing;

namespace Modular.Delivery.Tests.Submission;

/// <summary>Programs that people really use sign in and submit: swaks, curl, msmtp and Python's smtplib. Each is skipped where it is not installed.</summary>
public sealed class ForeignClientTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Text = "From: Acme <shop@acme.example>\nTo: ann@example.com\nSubject: Your order\n\nThank you.\n.\n..stuffed\n";

    private const string Python = """
        import smtplib, ssl, sys
        port, is_tls, user, password, mechanism, text = int(sys.argv[1]), sys.argv[2] == "tls", sys.argv[3], sys.argv[4], sys.argv[5], sys.stdin.read()
        open_to_all = ssl.create_default_context(); open_to_all.check_hostname = False; open_to_all.verify_mode = ssl.CERT_NONE
        client = smtplib.SMTP_SSL("127.0.0.1", port, context=open_to_all) if is_tls else smtplib.SMTP("127.0.0.1", port)
        if not is_tls: client.starttls(context=open_to_all)
        client.ehlo(); client.user, client.password = user, password
        client.auth(mechanism, getattr(client, "auth_" + mechanism.lower()))
        client.sendmail("shop@acme.example", ["ann@example.com"], text)
        client.quit()
        """;

    private SubmissionHost _suite = null!;   // set before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Submission => _suite.Host.Get<SmtpPorts>().Submission.ToString(CultureInfo.InvariantCulture);

    private string Smtps => _suite.Host.Get<SmtpPorts>().Smtps.ToString(CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync() => _suite = await SubmissionHost.StartAsync(postgres);

    public ValueTask DisposeAsync() => _suite.DisposeAsync();

    [Theory]
    [InlineData("swaks", "starttls plain")]
    [InlineData("swaks", "tls login")]
    [InlineData("curl", "starttls")]
    [InlineData("curl", "tls")]
    [InlineData("msmtp", "starttls plain")]
    [InlineData("msmtp", "tls login")]
    [InlineData("msmtp", "tls scram-sha-256")]
    [InlineData("python3", "starttls PLAIN")]
    [InlineData("python3", "tls LOGIN")]
    public async Task A_program_signs_in_and_its_mail_arrives_signed(string program, string how)
    {
        var (status, said) = await RunAsync(program, how, SubmissionHost.Password);
        Assert.True(status is 0, said);
        await Eventually.HoldsAsync(() => _suite.Host.CapturedMails().Count is 1, Ct);

        var mail = _suite.Host.CapturedMails()[0];
        Assert.Equal("ann@example.com", mail.To);
        Assert.Contains("d=acme.example", MimeMessage.Parse(mail.Content).Headers["DKIM-Signature"], StringComparison.Ordinal);
        Assert.Contains("Thank you.\r\n.\r\n..stuffed", Encoding.ASCII.GetString(mail.Content.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("swaks", "tls plain")]
    [InlineData("curl", "tls")]
    [InlineData("msmtp", "tls scram-sha-256")]
    [InlineData("python3", "starttls PLAIN")]
    public async Task A_wrong_password_submits_nothing(string program, string how)
    {
        var (status, said) = await RunAsync(program, how, "wrong horse battery staple");
        Assert.True(status is not 0, said);
        Assert.Contains("535", said, StringComparison.Ordinal);
        Assert.Equal(0, await _suite.CountAsync("submitted_message"));
    }

    private async Task<(int Status, string Said)> RunAsync(string program, string how, string password)
    {
        if (!IsInstalled(program)) Assert.Skip($"{program} is not installed: apt-get install {(program is "python3" ? "python3" : program)}");
        var words = how.Split(' ');
        var (isTls, port) = (words[0] is "tls", words[0] is "tls" ? Smtps : Submission);
        var mechanism = words.Length > 1 ? words[1] : "";
        string[] arguments = program switch
        {
            "swaks" => ["--server", "127.0.0.1", "--port", port, isTls ? "--tls-on-connect" : "--tls", "--auth", mechanism, "--auth-user", "shop", "--auth-password", password,
                "--from", "shop@acme.example", "--to", "ann@example.com", "--data", "-"],
            "curl" => ["--silent", "--show-error", "--verbose", "--url", $"{(isTls ? "smtps" : "smtp")}://127.0.0.1:{port}/client.example", "--ssl-reqd", "--insecure", "--crlf", "--user", "shop:" + password,
                "--mail-from", "shop@acme.example", "--mail-rcpt", "ann@example.com", "--upload-file", "-"],
            "msmtp" => ["--host=127.0.0.1", "--port=" + port, "--tls=on", "--tls-starttls=" + (isTls ? "off" : "on"), "--tls-certcheck=off", "--auth=" + mechanism, "--user=shop",
                $"--passwordeval=echo '{password}'", "--from=shop@acme.example", "ann@example.com"],
            _ => ["-c", Python, port, words[0], "shop", password, mechanism],
        };
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;   // not null: nothing is reused
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        await process.StandardInput.WriteAsync(Text.AsMemory(), Ct);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Ct);
        var said = await output + await errors;
        if (said.Contains("requires Net::SSLeay", StringComparison.Ordinal)) Assert.Skip("swaks has no TLS here: apt-get install libnet-ssleay-perl");
        return (process.ExitCode, said);
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
