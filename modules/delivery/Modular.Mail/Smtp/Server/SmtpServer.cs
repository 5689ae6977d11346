using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace Modular.Mail.Smtp.Server;

/// <summary>Why a session is over.</summary>
public enum SmtpSessionEnd
{
    /// <summary>The client said QUIT.</summary>
    Quit,

    /// <summary>The client went without a word; a message under way was dropped.</summary>
    ClientLeft,

    TimedOut,

    /// <summary>The server is shutting down.</summary>
    Stopped,

    /// <summary>Refused at the door, or closed for what the client did.</summary>
    Refused,

    /// <summary>A bug or a broken transport; the handler was told.</summary>
    Faulted,
}

/// <summary>
/// An SMTP server (RFC 5321) for one listener. It opens no sockets: whoever accepts connections runs a session over each. Offers
/// PIPELINING, SIZE, 8BITMIME, SMTPUTF8, CHUNKING, ENHANCEDSTATUSCODES, DSN; STARTTLS with a certificate; AUTH to whom the options allow it.
/// </summary>
public sealed class SmtpServer(SmtpServerOptions options, ISmtpServerHandler handler, TimeProvider time)
{
    internal SmtpServerOptions Options { get; } = options;

    internal ISmtpServerHandler Handler { get; } = handler;

    internal TimeProvider Time { get; } = time;

    internal Admission Admission { get; } = new(options, time);

    internal MemoryBudget Memory { get; } = new(options.MaxBufferedBytes);

    internal byte[] Greeting { get; } = Encoding.ASCII.GetBytes($"220 {options.HostName} ESMTP\r\n");

    internal byte[] HeloReply { get; } = Encoding.ASCII.GetBytes($"250 {options.HostName}\r\n");

    private readonly byte[][] _ehloReplies =
        [.. Enumerable.Range(0, 4).Select(n => Extensions(options, offersTls: (n & 1) is 0 && options.OffersTls, offersAuth: (n & 2) is not 0))];

    internal byte[] EhloReply(bool isSecure, bool offersAuth) => _ehloReplies[(isSecure ? 1 : 0) | (offersAuth ? 2 : 0)];

    /// <summary>Sessions open now.</summary>
    public int OpenSessions => Admission.Open;

    /// <summary>Holds one session, to its end. The pipes are left for the caller to complete.</summary>
    /// <param name="client">The remote address.</param>
    /// <param name="tls">Not null where the transport is encrypted from the first byte (RFC 8314 §3.3).</param>
    /// <param name="stopping">Lets a transaction under way finish within <see cref="SmtpServerOptions.StopGrace"/>, then says 421.</param>
    /// <param name="ct">Ends the session at once.</param>
    public async Task<SmtpSessionEnd> RunSessionAsync(
        IDuplexPipe transport, IPAddress client, TlsFacts? tls, CancellationToken stopping, CancellationToken ct)
    {
        var address = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;
        if (Options.IsProxy(address))
        {
            var (isKnown, behind) = await ReadProxyHeaderAsync(transport.Input, ct);
            if (!isKnown)
                return SmtpSessionEnd.Refused;   // a balancer that forgot the header, or one we should not trust: nobody's mail
            address = behind is { IsIPv4MappedToIPv6: true } ? behind.MapToIPv4() : behind ?? address;
        }

        if ((stopping.IsCancellationRequested ? Replies.Stopping : Admission.TryEnter(address)) is { } refusal)
        {
            if (!Options.IsTlsImplicit)
            {
                refusal.WriteTo(transport.Output);
                await transport.Output.FlushAsync(ct);
            }

            return stopping.IsCancellationRequested ? SmtpSessionEnd.Stopped : SmtpSessionEnd.Refused;
        }

        try
        {
            await using var session = new SmtpServerSession(this, transport, new SmtpPeer(address, Tls: tls), ct);
            return await session.RunAsync(stopping);
        }
        finally
        {
            Admission.Leave(address);
        }
    }

    private async ValueTask<(bool IsKnown, IPAddress? Client)> ReadProxyHeaderAsync(PipeReader input, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Options.TlsTimeout, Time);
        await using var onAbort = ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(deadline.Token);
                var buffer = read.Buffer;
                var status = ProxyHeader.TryRead(ref buffer, out var client);
                input.AdvanceTo(buffer.Start, status is ProxyStatus.Incomplete ? buffer.End : buffer.Start);
                if (status is not ProxyStatus.Incomplete || read.IsCompleted)
                    return (status is ProxyStatus.Complete, client);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            return (false, null);
        }
    }

    private static byte[] Extensions(SmtpServerOptions options, bool offersTls, bool offersAuth) => Encoding.ASCII.GetBytes(
        $"250-{options.HostName}\r\n250-PIPELINING\r\n250-SIZE {options.MaxMessageBytes}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n"
        + (offersTls ? "250-STARTTLS\r\n" : "") + (offersAuth ? "250-AUTH PLAIN LOGIN SCRAM-SHA-256\r\n" : "")
        + "250-ENHANCEDSTATUSCODES\r\n250 DSN\r\n");
}
