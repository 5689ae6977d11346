using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Modular.Delivery.Tests.Submission;

/// <summary>A client that says exactly what the test wants, line by line.</summary>
internal sealed class SmtpTalk : IAsyncDisposable
{
    private readonly TcpClient _client = new();
    private Stream _stream = Stream.Null;
    private StreamReader _reader = StreamReader.Null;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Connects and reads the greeting.</summary>
    public static async Task<SmtpTalk> StartAsync(int port, bool isTls = false)
    {
        var talk = new SmtpTalk();
        await talk._client.ConnectAsync(System.Net.IPAddress.Loopback, port, Ct);
        talk.Use(talk._client.GetStream());
        if (isTls) await talk.SecureAsync();
        Assert.StartsWith("220 ", await talk.ReadAsync(), StringComparison.Ordinal);
        return talk;
    }

    /// <summary>Sends a line and its CRLF; the reply's lines come back as one text.</summary>
    public async Task<string> SayAsync(string line)
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"), Ct);
        return await ReadAsync();
    }

    public async Task StartTlsAsync()
    {
        Assert.StartsWith("220 ", await SayAsync("STARTTLS"), StringComparison.Ordinal);
        await SecureAsync();
    }

    public async Task SignInAsync(string password = SubmissionHost.Password)
    {
        await SayAsync("EHLO client.example");
        Assert.StartsWith("235 ", await SayAsync("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0shop\0{password}"))), StringComparison.Ordinal);
    }

    /// <summary>The reply to the final dot, or the first refusal before it.</summary>
    public async Task<string> SendAsync(string sender, IReadOnlyList<string> recipients, string content)
    {
        foreach (var command in recipients.Select(to => $"RCPT TO:<{to}>").Prepend($"MAIL FROM:<{sender}>").Append("DATA"))
        {
            if (await SayAsync(command) is var reply && reply[0] is not ('2' or '3')) return reply;
        }
        return await SayAsync(content + (content.EndsWith("\r\n", StringComparison.Ordinal) ? "." : "\r\n."));
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private async Task SecureAsync()
    {
        var tls = new SslStream(_stream);
#pragma warning disable CA5359 // The certificate is made by the test.
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "mail.modular.localhost", RemoteCertificateValidationCallback = (_, _, _, _) => true }, Ct);
#pragma warning restore CA5359
        Use(tls);
    }

    private void Use(Stream stream)
    {
        _stream = stream;
        _reader = new StreamReader(stream, Encoding.Latin1);
    }

    private async Task<string> ReadAsync()
    {
        var text = new StringBuilder();
        while (await _reader.ReadLineAsync(Ct) is { } line)
        {
            text.Append(text.Length > 0 ? "\n" : "").Append(line);
            if (line.Length < 4 || line[3] is not '-') return text.ToString();
        }
        return "<closed>";
    }
}
