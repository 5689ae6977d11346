using System.IO.Pipelines;
using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Client;
using Modular.Mail.Smtp.Server;

namespace Modular.Bench.Smtp;

/// <summary>One message over an open session, to a server in the same process and without a network: what the client itself costs, and allocates, for each.</summary>
[MemoryDiagnoser]
public class SmtpClientBenchmarks : ISmtpServerHandler, IDisposable
{
    private static readonly SmtpReply Ok = new(250, "2.0.0", "Ok");

    private readonly CancellationTokenSource _stop = new();
    private byte[] _content = [];
    private OutgoingEnvelope _envelope = new("", "u@example.test");
    private SmtpConnection _connection = null!; // set by Setup before every run
    private Task _serving = Task.CompletedTask;

    [Params(10 * 1024, 1024 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var text = new StringBuilder("From: News <news@news.test>\r\nTo: u@example.test\r\nSubject: Hello\r\nMIME-Version: 1.0\r\n\r\n");
        while (text.Length < Bytes)
            text.Append('x', 74).Append("\r\n");
        _content = Encoding.ASCII.GetBytes(text.ToString());
        _envelope = new OutgoingEnvelope("b-1@news.test", "u@example.test", _content.Length);
        var (there, back) = (new Pipe(), new Pipe());
        var server = new SmtpServer(new SmtpServerOptions { HostName = "mx.test", IsTrusted = static _ => true }, this, TimeProvider.System);
        _serving = server.RunSessionAsync(new Duplex(there.Reader, back.Writer), IPAddress.Loopback, null, CancellationToken.None, _stop.Token);
        _connection = await SmtpConnection.OpenAsync(
            new DuplexStream(back.Reader.AsStream(), there.Writer.AsStream()), new SmtpClientOptions { HeloName = "client.test", Tls = TlsPolicy.Never }, TimeProvider.System, CancellationToken.None);
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _connection.DisposeAsync();
        await _stop.CancelAsync();
        await _serving;
    }

    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public async Task<SmtpOutcome> SendAsync() => await _connection.SendAsync(_envelope, _content, CancellationToken.None) is SmtpOutcome.Accepted accepted
        ? accepted
        : throw new InvalidOperationException("The server did not take it.");

    ValueTask<SmtpReply?> ISmtpServerHandler.RecipientAsync(ReceivedEnvelope envelope, ReceivedRecipient recipient, CancellationToken ct) => default;

    ValueTask<SmtpReply> ISmtpServerHandler.MessageAsync(ReceivedEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken ct) => ValueTask.FromResult(Ok);

    void ISmtpServerHandler.Faulted(SmtpPeer peer, Exception fault) => Console.Error.WriteLine(fault);

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class DuplexStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            input.Dispose();
            output.Dispose();
            base.Dispose(disposing);
        }
    }
}
