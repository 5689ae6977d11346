using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Tests;

/// <summary>Somebody else's mail server, on loopback: takes everything, unless told otherwise.</summary>
internal sealed class FarServer : ISmtpServerHandler, IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly SmtpServer _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <param name="certificate">With one, STARTTLS is offered.</param>
    public FarServer(IPAddress address, int port = 0, X509Certificate2? certificate = null)
    {
        var tls = certificate is null ? null : new SslServerAuthenticationOptions { ServerCertificate = certificate };
        _server = new SmtpServer(new SmtpServerOptions { HostName = "far.example", IsTrusted = _ => true, Tls = tls }, this, TimeProvider.System);
        _listener = new TcpListener(address, port);
        _listener.Start();
        _loop = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>What came in, dots unstuffed.</summary>
    public ConcurrentQueue<(string To, byte[] Content)> Messages { get; } = new();

    /// <summary>What was said of those messages.</summary>
    public ConcurrentQueue<ReceivedEnvelope> Envelopes { get; } = new();

    /// <summary>Never greets: whoever connects waits.</summary>
    public bool IsTarpit { get; init; }

    /// <summary>How many of the next messages are taken without a word: the connection is cut behind the dot.</summary>
    public int CutsBehindDot;

    /// <summary>Messages are answered only once it completes; null answers at once.</summary>
    public Task? Gate { get; init; }

    public int Connections;

    public ValueTask<SmtpReply?> RecipientAsync(ReceivedEnvelope envelope, ReceivedRecipient recipient, CancellationToken ct) => default;

    public async ValueTask<SmtpReply> MessageAsync(ReceivedEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        Envelopes.Enqueue(envelope);
        Messages.Enqueue((envelope.Recipients[0].Path.ToString(), content.ToArray()));
        if (Gate is not null) await Gate.WaitAsync(ct);
        return Interlocked.Decrement(ref CutsBehindDot) >= 0 ? throw new CutException() : new SmtpReply(250, "2.0.0", "Ok");
    }

    public void Faulted(SmtpPeer peer, Exception fault)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref Connections);
        using var _ = socket;
        await using var stream = new CuttingStream(new NetworkStream(socket));
        try
        {
            if (IsTarpit) await Task.Delay(Timeout.Infinite, _stop.Token);
            await _server.RunSessionAsync(new Duplex(PipeReader.Create(stream), PipeWriter.Create(stream)), IPAddress.Loopback, null, CancellationToken.None, _stop.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // Over.
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class CutException : Exception;

    /// <summary>Closes instead of writing the 451 that the session says to a handler's fault.</summary>
    private sealed class CuttingStream(NetworkStream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!buffer.Span.StartsWith("451"u8)) return inner.WriteAsync(buffer, cancellationToken);
            inner.Dispose();
            throw new IOException("cut");
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
