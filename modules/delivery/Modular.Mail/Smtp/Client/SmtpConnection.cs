using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Modular.Mail.Smtp.Client;

/// <summary>One session with one server, for any number of messages one after the other. Not for use from two threads at once.</summary>
public sealed class SmtpConnection : IAsyncDisposable
{
    private readonly SmtpWire _wire;
    private readonly SmtpClientOptions _options;

    private SmtpConnection(SmtpWire wire, SmtpClientOptions options)
    {
        (_wire, _options) = (wire, options);
        Pipeline = new SmtpPipeline(this, wire, options);
    }

    public SmtpReply Greeting { get; private set; } = new(220, default(EnhancedStatus), "");

    public SmtpCapabilities Capabilities { get; private set; } = SmtpCapabilities.None;

    /// <summary>Null in clear.</summary>
    public TlsSession? Tls { get; private set; }

    /// <summary>Why the session is in clear though the server offers TLS; null when it is not so.</summary>
    public SmtpException? TlsFailure { get; private init; }

    /// <summary>Sends messages; false <see cref="SmtpPipeline.IsUsable"/> means that this connection is over.</summary>
    public SmtpPipeline Pipeline { get; }

    /// <summary>
    /// Connects and says hello. Where TLS is opportunistic and the handshake fails, connects once more and stays in clear.
    /// </summary>
    /// <exception cref="SmtpException">The server could not be reached or did not want us; no message was at risk.</exception>
    public static async Task<SmtpConnection> ConnectAsync(IPEndPoint server, SmtpClientOptions options, TimeProvider time, CancellationToken ct)
    {
        try
        {
            return await OpenAsync(await DialAsync(server, options, time, ct), options, time, ct);
        }
        catch (SmtpException fault) when (fault is { Stage: SmtpStage.Tls, Reply: null } && options is { Tls: TlsPolicy.Opportunistic, IsTlsImplicit: false })
        {
            var inClear = options with { Tls = TlsPolicy.Never };
            return await OpenAsync(await DialAsync(server, inClear, time, ct), inClear, time, fault, ct);
        }
    }

    /// <summary>Says hello over a connected stream, which the connection then owns.</summary>
    /// <exception cref="SmtpException">The server did not want us.</exception>
    public static Task<SmtpConnection> OpenAsync(Stream stream, SmtpClientOptions options, TimeProvider time, CancellationToken ct) =>
        OpenAsync(stream, options, time, tlsFailure: null, ct);

    private static async Task<SmtpConnection> OpenAsync(Stream stream, SmtpClientOptions options, TimeProvider time, SmtpException? tlsFailure, CancellationToken ct)
    {
        var connection = new SmtpConnection(new SmtpWire(stream, options.Transcript, time), options) { TlsFailure = tlsFailure };
        try
        {
            using var ending = connection._wire.EndOn(ct);
            await connection.GreetAsync(time, ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends one message and waits for its outcome.</summary>
    public async ValueTask<SmtpOutcome> SendAsync(OutgoingEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var step = await Pipeline.StepAsync(envelope, ct);
        if (step.Decided is not null)
            return step.Decided;
        await Pipeline.TransmitAsync(content, Task.CompletedTask, ct);
        return (await Pipeline.StepAsync(null, ct)).Previous!;
    }

    /// <summary>Takes leave. Messages are not affected by what comes of it.</summary>
    public async Task QuitAsync(CancellationToken ct)
    {
        if (!Pipeline.IsIdle)
            return;
        using var ending = _wire.EndOn(ct);
        try
        {
            await AskAsync("QUIT\r\n", SmtpStage.Quit, _options.QuitTimeout);
        }
        catch (SmtpException)
        {
            // Gone is gone.
        }
    }

    public ValueTask DisposeAsync() => _wire.DisposeAsync();

    private static async Task<Stream> DialAsync(IPEndPoint server, SmtpClientOptions options, TimeProvider time, CancellationToken ct)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, time);
        using var ending = ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        try
        {
            if (options.LocalAddress is { } local)
                socket.Bind(new IPEndPoint(local, 0));
            await socket.ConnectAsync(server, deadline.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw new SmtpException(SmtpStage.Connect, $"Could not connect to {server}: {fault.Message}", inner: fault);
        }
    }

    private async Task GreetAsync(TimeProvider time, CancellationToken ct)
    {
        if (_options.IsTlsImplicit)
            await EncryptAsync(time, ct);
        Greeting = await _wire.ReadReplyAsync(SmtpStage.Greeting, _options.GreetingTimeout);
        if (Greeting.Code is not 220)
            throw SmtpException.Saying(SmtpStage.Greeting, Greeting);
        await HelloAsync();
        if (_options is { IsTlsImplicit: false, Tls: not TlsPolicy.Never })
        {
            if (Capabilities.StartTls)
                await StartTlsAsync(time, ct);
            else if (_options.Tls is not TlsPolicy.Opportunistic)
                throw new SmtpException(SmtpStage.Tls, "The server does not offer STARTTLS, and we are to send nothing in clear.");
        }

        if (_options.Credentials is { } credentials)
            await new SmtpSignIn(credentials, Tls is not null || _options.MayShowPassword, AskInSecretAsync).RunAsync(Capabilities.Mechanisms);
    }

    private async Task HelloAsync()
    {
        var hello = _options.Dialect is SmtpDialect.Lmtp ? "LHLO" : "EHLO";
        var reply = await AskAsync($"{hello} {_options.HeloName}\r\n", SmtpStage.Hello, _options.CommandTimeout);
        if (reply.IsPositive)
        {
            Capabilities = SmtpCapabilities.Parse(reply);
            return;
        }

        if (!reply.IsPermanent || _options.Dialect is SmtpDialect.Lmtp)
            throw SmtpException.Saying(SmtpStage.Hello, reply);
        reply = await AskAsync($"HELO {_options.HeloName}\r\n", SmtpStage.Hello, _options.CommandTimeout);   // RFC 5321 §3.2
        if (!reply.IsPositive)
            throw SmtpException.Saying(SmtpStage.Hello, reply);
        Capabilities = SmtpCapabilities.None;
    }

    private async Task StartTlsAsync(TimeProvider time, CancellationToken ct)
    {
        var reply = await AskAsync("STARTTLS\r\n", SmtpStage.Tls, _options.CommandTimeout);
        if (!reply.IsPositive)
        {
            if (_options.Tls is TlsPolicy.Opportunistic && !reply.ClosesConnection)
                return;
            throw SmtpException.Saying(SmtpStage.Tls, reply);
        }

        await EncryptAsync(time, ct);
        Capabilities = SmtpCapabilities.None;   // what was offered in clear may have been somebody else's offer (RFC 3207 §4.2)
        await HelloAsync();
    }

    private async Task EncryptAsync(TimeProvider time, CancellationToken ct)
    {
        var tls = new SslStream(_wire.Stream);
        _wire.Upgrade(tls);
        var judge = new CertificateJudge(_options, time);
        using var deadline = new CancellationTokenSource(_options.TlsTimeout, time);
        using var ending = ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = _options.ServerName,
                    CertificateChainPolicy = _options.TrustedChain,
                    RemoteCertificateValidationCallback = judge.Judge,
                },
                deadline.Token);
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or OperationCanceledException)
        {
            throw new SmtpException(SmtpStage.Tls, $"TLS failed: {judge.Fault ?? fault.Message}", inner: fault) { IsCertificateFault = judge.Fault is not null };
        }

        Tls = new TlsSession(tls.SslProtocol, tls.NegotiatedCipherSuite, judge.Trust);
    }

    private async ValueTask<SmtpReply> AskInSecretAsync(string command, string shown)
    {
        _wire.Write(command);
        _wire.NoteAs(shown);
        await _wire.SendAsync(SmtpStage.SignIn, _options.CommandTimeout);
        return await _wire.ReadReplyAsync(SmtpStage.SignIn, _options.CommandTimeout);
    }

    private async ValueTask<SmtpReply> AskAsync(string command, SmtpStage stage, TimeSpan timeout)
    {
        _wire.Write(command);
        _wire.NoteCommands(0);
        await _wire.SendAsync(stage, timeout);
        return await _wire.ReadReplyAsync(stage, timeout);
    }
}
