using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

/// <summary>A server session on pipes in memory, and the client's end of them.</summary>
internal sealed class SessionUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);   // only a hang gets here

    private readonly Pipe _toServer = new(new PipeOptions(pauseWriterThreshold: 0)), _toClient;
    private readonly CancellationTokenSource _stopping = new(), _aborted = new();

    /// <param name="clientBufferBytes">How much the server may say before somebody reads it; 0 for any amount.</param>
    public SessionUnderTest(Func<SmtpServerOptions, SmtpServerOptions>? configure = null, TimeProvider? time = null, int clientBufferBytes = 0)
    {
        _toClient = new Pipe(new PipeOptions(pauseWriterThreshold: clientBufferBytes, resumeWriterThreshold: clientBufferBytes / 2));
        (Commands, Replies) = (_toServer.Writer, _toClient.Reader);
        var options = new SmtpServerOptions { HostName = "mx.local.test", MaxMessageBytes = 100_000 };
        Server = new SmtpServer(configure?.Invoke(options) ?? options, Handler, time ?? TimeProvider.System);
        End = RunAsync();
    }

    public SmtpServer Server { get; }

    public RecordingHandler Handler { get; } = new();

    public Task<SmtpSessionEnd> End { get; }

    public PipeReader Replies { get; private set; }

    public PipeWriter Commands { get; private set; }

    /// <summary>The client's part of a TLS handshake.</summary>
    public async Task StartTlsAsync(System.Security.Authentication.SslProtocols protocols = default)
    {
        var tls = new SslStream(new DuplexPipeStream(new Transport(Replies, Commands)));
#pragma warning disable CA5359 // The certificate is made by the test.
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "mx.local.test", EnabledSslProtocols = protocols, RemoteCertificateValidationCallback = (_, _, _, _) => true });
#pragma warning restore CA5359
        (Commands, Replies) = (PipeWriter.Create(tls), PipeReader.Create(tls));
    }

    /// <summary>Greets and says EHLO.</summary>
    public async Task<string> HelloAsync()
    {
        await ReadReplyAsync();
        return await ExchangeAsync("EHLO client.example\r\n");
    }

    public async Task SendAsync(string latin1, bool byteByByte = false)
    {
        foreach (var part in byteByByte ? Wire.Bytes(latin1).Chunk(1) : [Wire.Bytes(latin1)])
        {
            await Commands.WriteAsync(part);
            if (byteByByte)
                await Task.Yield();
        }
    }

    /// <summary>The lines of one reply, or null when the server has closed.</summary>
    public async Task<string?> ReadReplyAsync()
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await ReadLineAsync();
            if (line is null)
                return lines.Count is 0 ? null : string.Join('\n', lines);
            lines.Add(line);
            if (line.Length < 4 || line[3] is not '-')
                return string.Join('\n', lines);
        }
    }

    public async Task<string> ExchangeAsync(string commands)
    {
        await SendAsync(commands);
        return await ReadReplyAsync() ?? "<closed>";
    }

    public void Stop() => _stopping.Cancel();

    public void Abort() => _aborted.Cancel();

    public async Task<SmtpSessionEnd> HangUpAsync()
    {
        await Commands.CompleteAsync();
        await _toServer.Writer.CompleteAsync();   // what is under TLS, too
        return await End.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await HangUpAsync();
        _stopping.Dispose();
        _aborted.Dispose();
    }

    private async Task<string?> ReadLineAsync()
    {
        while (true)
        {
            var read = await Replies.ReadAsync().AsTask().WaitAsync(Patience);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Wire.Text(buffer.Slice(0, end).ToArray()).TrimEnd('\r');
                Replies.AdvanceTo(buffer.GetPosition(1, end));
                return line;
            }

            Replies.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                return null;
        }
    }

    private async Task<SmtpSessionEnd> RunAsync()
    {
        try
        {
            return await Server.RunSessionAsync(
                new Transport(_toServer.Reader, _toClient.Writer), IPAddress.Parse("192.0.2.7"), null, _stopping.Token, _aborted.Token);
        }
        finally
        {
            await _toClient.Writer.CompleteAsync();
        }
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
